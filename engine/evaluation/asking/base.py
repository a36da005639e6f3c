"""What every way of asking is: it says what to decode, hears the answers, and closes its cells.

A model's cells are asked in waves. In a wave everything that all askings want is decoded together,
over shared prefixes; an asking that needs more than one text (knowledge first, an answer after
the steps) returns what it wants next when its own texts of the wave have all ended.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from transformers import PreTrainedTokenizerBase

from engine.decoding.params import Sampling
from engine.decoding.records import Generation
from engine.decoding.request import Request
from engine.errors import describe
from engine.evaluation.external import PASSAGE, found_for, knowledge_of
from engine.evaluation.plan import prompt_of, sampling_of, technique_of
from engine.evaluation.provenance import policy_of
from engine.evaluation.scoring import extract
from engine.evaluation.spec import (
    CellKey,
    CellResult,
    CompareSpec,
    Extraction,
    Provenance,
    Stage,
    StageKey,
    Variant,
    Vote,
)
from engine.models.chat import EncodedPrompt
from engine.prompting.elements import Item, PromptElements
from engine.prompting.knowledge import informed, reading_order
from engine.prompting.render import Message
from engine.prompting.strategies.base import Technique


@dataclass(frozen=True)
class Ask:
    """One text to decode, or, when all of it is forced, to score.

    Attributes:
        cell: The cell that it serves; its tokens count as that cell's progress.
        request: What to decode.
        stream: Whose tokens they are on screen; None = not shown.
    """

    cell: CellKey
    request: Request
    stream: CellKey | StageKey | None = None


@dataclass(frozen=True)
class Question:
    """An item under a variant of a model, with the cells that are wanted.

    Attributes:
        spec: The comparison.
        keys: Cells to ask, all of one model, variant and item.
        known: Cells of the same place that were finished before (a resumed run).
        passages: Numbers of the passages in the prompt.
    """

    spec: CompareSpec
    keys: tuple[CellKey, ...]
    known: tuple[CellResult, ...] = ()
    passages: tuple[int, ...] = ()

    @property
    def variant(self) -> Variant:
        return self.spec.variants[self.keys[0].variant]

    @property
    def item(self) -> Item:
        return self.spec.items[self.keys[0].item]

    @property
    def elements(self) -> PromptElements:
        own = prompt_of(self.spec, self.variant)
        if not self.passages:
            return own
        return informed(own, knowledge_of(self.spec, self.variant), self.passages)

    @property
    def sampling(self) -> Sampling:
        return sampling_of(self.spec, self.variant)

    @property
    def technique(self) -> Technique:
        """Raises `BadSpec` for an unknown one."""
        return technique_of(self.spec, self.variant)

    def blank(self, key: CellKey) -> CellResult:
        """The cell before anything is known of it."""
        item = self.item
        return CellResult(
            key=key, variant=self.variant.label, item_id=item.id, expected=item.expected
        )


class Desk(Protocol):
    """What the run of a model offers to its askings."""

    tokenizer: PreTrainedTokenizerBase
    provenance: Provenance | None

    def encoded(self, messages: tuple[Message, ...], question: Question) -> EncodedPrompt:
        """The exact tokens to send."""

    def need_room(self, tokens: int) -> None:
        """Raise `PromptTooLong` when so many tokens leave no room for an answer."""

    def fits(self, tokens: int) -> bool:
        """Whether a prompt of so many tokens leaves room for an answer in the trained window."""

    def finish(self, cell: CellResult) -> None:
        """Store and publish a finished cell."""

    def vote(self, vote: Vote) -> None:
        """Publish a vote, and store it when it is final."""


class Asking(ABC):
    """Base of the ways of asking.

    Attributes:
        opened: The cell's beginning (what was sent), for the cell that an error closes.
        unwanted: Places in the current wave whose answers are no longer wanted (texts to decode
            only: a forced row may answer several askings).
        closed: Whether an error has closed its cells; it then hears nothing more.

    Class attributes:
        per_cell: Whether each cell gets an asking of its own; else all samples share one.
    """

    per_cell: ClassVar[bool] = False

    def __init__(self, question: Question, desk: Desk) -> None:
        self.question = question
        self.desk = desk
        self.opened = question.blank(question.keys[0])
        self.unwanted: set[int] = set()
        self.closed = False

    def start(self) -> Sequence[Ask]:
        """What to decode first, the passages for the question in its prompt.

        Raises:
            EngineError: As `begin` does.
        """
        self._take_passages()
        return self.begin()

    def _take_passages(self) -> None:
        """Put the passages into the prompt that fit, the worst ones left out first."""
        question = self.question
        found = found_for(question.spec, question.variant, question.keys[0].item)
        if not found:
            return
        knowledge = knowledge_of(question.spec, question.variant)
        chosen = [one.passage for one in found]
        while chosen:
            asked = replace(question, passages=reading_order(chosen))
            messages = asked.technique.messages(asked.elements, asked.item.variables)
            if self.desk.fits(len(self.desk.encoded(messages, asked).ids)):
                self.question = asked
                break
            chosen.pop()
        kept = tuple(
            Stage(PASSAGE, number, value=knowledge.passages[number].text)
            for number in self.question.passages
        )
        self.opened = replace(self.opened, stages=kept)

    @abstractmethod
    def begin(self) -> Sequence[Ask]:
        """What to decode first.

        Raises:
            EngineError: The question cannot be asked; all its cells fail with this error.
        """

    def heard(self, place: int, ask: Ask, generation: Generation) -> None:
        """A text of the current wave has ended; `place` is its position in the wave's asks."""
        return

    def complete(self, generations: Sequence[Generation]) -> Sequence[Ask]:
        """All texts of the wave have ended; what to decode next, or nothing."""
        return ()

    def open(self, messages: tuple[Message, ...]) -> EncodedPrompt:
        """Encode the cell's own prompt and note it, before it may turn out to be too long."""
        prompt = self.desk.encoded(messages, self.question)
        self.opened = replace(self.opened, prompt_ids=prompt.ids, sent=prompt.parts)
        self.desk.need_room(len(prompt.ids))
        return prompt

    def answered(self, cell: CellResult, generation: Generation) -> CellResult:
        """The cell with its answer, where it comes from, and what the rules find in it."""
        assert self.desk.provenance is not None
        sampling = self.question.sampling
        origin = replace(
            self.desk.provenance,
            batch_size=generation.batch_size,
            seed=sampling.seed,
            seed_policy=policy_of(sampling.temperature),
        )
        cell = replace(cell, generation=generation, provenance=origin)
        if cell.dropped:
            return cell
        try:
            found = tuple(self.extractions(generation))
        except Exception as error:  # noqa: BLE001 - a rule's failure keeps the answer
            return replace(cell, error=describe(error))
        return replace(cell, extractions=(*cell.extractions, *found))

    def extractions(self, said: Generation) -> Iterator[Extraction]:
        """What each rule of the comparison finds."""
        for rule in self.question.spec.extraction:
            yield extract(rule, said.text, self.question.item.expected, said.lead)
