"""What every flow works at: the documents, the room in the window, the steps done so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.context.documents import prompts
from engine.context.documents.asking import Asker
from engine.context.documents.index_store import IndexStore
from engine.context.documents.library import Finder, Library, cut_all, finder
from engine.context.documents.reading.document import Document
from engine.context.documents.retrieval.encoders import Encoder
from engine.context.documents_spec import AnswerToken, Citation, DocumentsSpec, Flow, Passage, Step
from engine.context.methods import trained_length
from engine.decoding.stopping import context_length
from engine.errors import BadSpec, PromptTooLong
from engine.models.kept import Slot

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel

LEAST_ROOM: Final = 16
WORDS_BYTES: Final = 16
"""What BM25 keeps per token of a passage, roughly."""
Key = tuple[str, str, str, tuple[str, ...]]
ENCODER: Final[Slot[Encoder]] = Slot("passage encoder")
FINDER: Final[Slot[tuple[Key, Finder]]] = Slot("passages")
SHARE: Final = 4
"""An answer takes at most 1/SHARE of the window."""


@dataclass(frozen=True)
class Outcome:
    """What a flow gives.

    Attributes:
        answer: The text.
        tokens: Of the answer.
        citations: Passages that were found for the question, best first.
        flow: What was really done, where that differs from what was asked; empty = as asked.
    """

    answer: str
    tokens: tuple[AnswerToken, ...] = ()
    citations: tuple[Citation, ...] = ()
    flow: Flow | None = None


@dataclass(eq=False)
class Desk:
    """A question at work.

    Attributes:
        spec: What was asked.
        loaded: Whom to ask.
        ctx: The job.
        asker: Does steps.
        documents: As they were read.
        store: Keeps the index.
        window: Tokens that a prompt with its answer may have.
        notes: What is worth knowing.
        library: The passages, once they are cut.
        retrieval_ms: Of the last search.
    """

    spec: DocumentsSpec
    loaded: LoadedModel
    ctx: JobContext
    asker: Asker
    documents: list[Document]
    store: IndexStore
    window: int
    notes: list[str] = field(default_factory=list)
    library: Library | None = None
    retrieval_ms: float = 0.0

    @property
    def most(self) -> int:
        """Most new tokens of a step."""
        return max(1, min(self.spec.options.max_new_tokens, self.window // SHARE))

    def room(self, frame: int, most: int | None = None) -> int:
        """Tokens left for passages.

        Args:
            frame: Tokens of the prompt without any.
            most: New tokens of the step; None = `most`.

        Raises:
            PromptTooLong: Nothing to speak of is left.
        """
        left = self.window - (self.most if most is None else most) - frame
        if left < LEAST_ROOM:
            raise PromptTooLong(
                f"The question leaves {max(0, left)} of {self.window:,} tokens for documents.",
                "Shorten the question or the answer, or choose a model with a longer context.",
            )
        return left

    def question_room(self) -> int:
        """Tokens left for passages beside the question."""
        return self.room(len(self.asked([])))

    def asked(self, texts: Sequence[str]) -> tuple[int, ...]:
        """Tokens of the question about these passages."""
        return prompts.asked(self.loaded, self.spec.language, texts, self.spec.question)

    def cut(self, wanted: int, room: int) -> Library:
        """Cut the documents.

        Args:
            wanted: Tokens of a passage where the person has not said any.
            room: Most that a passage may have.
        """
        options = self.spec.options
        most = min(options.chunk_tokens or wanted, room)
        self.ctx.progress(None, "Cutting documents")
        self.library = cut_all(
            self.documents, self.loaded, self.store, most, options.overlap, self.ctx.check
        )
        return self.library

    def _encoder(self) -> Encoder | None:
        from engine.context.documents.retrieval.encoders import (
            OwnStates,
            SentenceEncoder,
            name_of,
        )

        options = self.spec.options
        if options.rank == "bm25":
            return None
        if options.encoder:
            folder = Path(options.encoder)
            kept = self.loaded.kept.get(ENCODER)
            if kept is not None and kept.name == name_of(folder):
                return kept
            made = SentenceEncoder(folder, self.loaded.device)
            self.loaded.kept.put(ENCODER, made, made.bytes)
            return made
        return OwnStates(self.loaded, self.ctx.check)

    def ready_finder(self, library: Library) -> Finder:
        """What finds passages; only documents that are new are encoded."""
        self.ctx.progress(None, "Indexing passages")
        rank, encoder = self.spec.options.rank, self._encoder()
        shas = tuple(document.sha for document in library.documents)
        key = (rank, encoder.name if encoder else "", library.cut, shas)
        kept = self.loaded.kept.get(FINDER)
        if kept is not None and kept[0] == key:
            return kept[1]

        def told(share: float) -> None:
            self.ctx.progress(share, "Indexing passages")

        made = finder(library, rank, encoder, self.store, self.ctx.check, told)
        size = sum(WORDS_BYTES * one.tokens for one in library.passages)
        size += made.meaning.bytes if made.meaning else 0
        self.loaded.kept.put(FINDER, (key, made), size)
        return made

    def searched(self, library: Library, most: int) -> list[Citation]:
        """The best passages for the question, with a step that names them."""
        ready = self.ready_finder(library)
        found = ready.find(self.spec.question, self.spec.options.rank, most, self.ctx.check)
        self.retrieval_ms = ready.last_ms
        self.asker.note_step(
            Step(
                number=len(self.asker.steps),
                stage="retrieve",
                passages=tuple(one.passage for one in found),
                seconds=self.retrieval_ms / 1000,
            )
        )
        return found

    def packed(self, passages: Sequence[Passage], room: int) -> list[Passage]:
        """The first of `passages` that fit together with the question, in reading order."""
        chosen: list[Passage] = []
        used = 0
        for passage in passages:
            if used + passage.tokens + 1 <= room:
                chosen.append(passage)
                used += passage.tokens + 1
        limit = self.window - self.most
        while chosen and len(self.asked(_texts(chosen))) > limit:
            chosen.pop()  # joined texts may have a few tokens more than their parts
        return sorted(chosen, key=lambda passage: passage.number)

    def asked_about(self, passages: Sequence[Passage]) -> tuple[int, ...]:
        """Tokens of the question about passages."""
        return self.asked(_texts(passages))


def _texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def window_of(loaded: LoadedModel, asked: int) -> int:
    """Tokens that a prompt with its answer may have.

    Raises:
        BadSpec: More is asked for than the model has positions for.
    """
    limit = context_length(loaded.model)
    if asked and limit is not None and asked > limit:
        raise BadSpec(
            f"A window of {asked:,} tokens is wider than the {limit:,} that the model reads.",
            "Choose a smaller window, or 0.",
        )
    own = trained_length(loaded.model)
    return asked or (own if limit is None else min(own, limit))
