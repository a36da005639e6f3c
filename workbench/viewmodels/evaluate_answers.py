"""What is known of an evaluation's items: texts, answers, and what follows from them.

Thousands of items: what a cell shows, what it sorts by and which chips keep its row is worked out
once, when an answer comes; answers that come all together are worked out off the GUI thread
(`filled`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Vote
from engine.prompting.template import fill
from workbench.viewmodels.evaluate_setup import model_label
from workbench.viewmodels.names import column_title

LONGEST_CELL: Final = 160
LONGEST_SEARCHED: Final = 4000


class Show(StrEnum):
    """Which rows the chips keep."""

    ALL = "all"
    WRONG = "wrong"
    ONE_RIGHT = "one-right"
    INVALID = "invalid"


@dataclass(frozen=True)
class Lane:
    """One variant on one model: a column of the table.

    Attributes:
        model, variant: Indices of the spec.
        title: What stands above it.
        voted: Its samples vote for one answer.
    """

    model: int
    variant: int
    title: str
    voted: bool = False


@dataclass(frozen=True)
class Mark:
    """What is known of one item in one lane.

    Attributes:
        value: The extracted answer; None = the rule found none (yet).
        correct: Right or wrong; None when nobody knows or nothing came yet.
        answered: How many samples have answered.
        right: How many of them were right.
        error: Why it could not be asked.
        share: Agreement of a vote, 0…1; -1 without a vote.
        final: The vote is over.
    """

    value: str | None = None
    correct: bool | None = None
    answered: int = 0
    right: int = 0
    error: str = ""
    share: float = -1.0
    final: bool = False

    @property
    def invalid(self) -> bool:
        return self.answered > 0 and not self.error and self.value is None

    def sort_key(self) -> str:
        """Right, wrong, invalid, unanswered, failed; then by the answer."""
        order = {True: 0, False: 1, None: 3}[self.correct]
        return f"{4 if self.error else 2 if self.invalid else order} {self.value or ''}"

    def text(self) -> str:
        """Sign, answer, and of several samples how many agree or are right."""
        if self.error:
            return "⚠"
        if not self.answered:
            return ""
        sign = {True: "✓ ", False: "✗ ", None: ""}[self.correct]
        value = short(self.value) if self.value is not None else "–"
        if self.share >= 0:
            return f"{sign}{value}  {round(100 * self.share)} %"
        if self.answered > 1:
            return f"{sign}{value}  {self.right}/{self.answered}"
        return f"{sign}{value}"


NOTHING: Final = Mark()


@dataclass(frozen=True)
class ItemTexts:
    """What the table shows and searches of each item.

    Attributes:
        inputs: The questions.
        shorts: Each on one line, cut.
        lines: Id, question and expected answer, lower-cased.
        ranks: Of each row by id, by question and by expected answer; equal ones share one.
    """

    inputs: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    ranks: tuple[tuple[int, ...], ...] = ()


@dataclass
class Answers:
    """What is known of every item, and what follows from it for cells, sorting and chips.

    Attributes:
        marks: By row, then by lane.
        texts: What each cell shows, by row and lane.
        keys: What each sorts by, by lane and row: right, wrong, invalid, unanswered, failed.
        kept: By chip the rows that it keeps, 1 or 0 each.
        any: Whether any answer came.
    """

    places: dict[tuple[int, int], int]
    marks: list[list[Mark]]
    texts: list[list[str]]
    keys: list[list[str]]
    kept: dict[Show, bytearray] = field(default_factory=dict)
    any: bool = False

    def add_cell(self, cell: CellResult) -> tuple[int, int] | None:
        """Take a finished cell; its row and lane, or None when it changes nothing."""
        at, row = self.places[cell.key.model, cell.key.variant], cell.key.item
        before = self.marks[row][at]
        if cell.dropped or (before.share >= 0 and before.final):
            return None
        self._put(row, at, _with_cell(before, cell))
        return row, at

    def add_vote(self, vote: Vote) -> tuple[int, int]:
        """Take a vote, over or under way; its row and lane."""
        at = self.places[vote.model, vote.variant]
        mark = Mark(
            value=vote.winner,
            correct=vote.correct,
            answered=max(1, vote.samples),
            right=0,
            share=vote.agreement,
            final=vote.final,
        )
        self._put(vote.item, at, mark)
        return vote.item, at

    def _put(self, row: int, at: int, mark: Mark) -> None:
        marks = self.marks[row]
        marks[at] = mark
        self.any = True
        self.texts[row][at] = mark.text()
        self.keys[at][row] = mark.sort_key()
        known = [one.correct for one in marks if one.correct is not None]
        self.kept[Show.WRONG][row] = False in known
        self.kept[Show.INVALID][row] = any(one.invalid or one.error for one in marks)
        self.kept[Show.ONE_RIGHT][row] = len(known) > 1 and sum(known) == 1


def lanes_of(spec: CompareSpec) -> tuple[Lane, ...]:
    """The columns of a comparison: models outside, variants inside."""
    several = len(spec.models) > 1
    found = []
    for model, ref in enumerate(spec.models):
        for at, variant in enumerate(spec.variants):
            title = column_title(variant.technique, variant.name)
            if several:
                title = f"{title} · {model_label(ref)}"
            found.append(Lane(model, at, title))
    return tuple(found)


def texts_of(spec: CompareSpec) -> ItemTexts:
    """The texts of every item; the question is the prompt's input, filled, or its variables."""
    template = spec.prompt.input
    inputs = tuple(
        fill(template, item.variables) if template else "\n".join(item.variables.values())
        for item in spec.items
    )
    lines = (
        f"{item.id} {asked[:LONGEST_SEARCHED]} {item.expected or ''}".casefold()
        for item, asked in zip(spec.items, inputs, strict=True)
    )
    shorts = tuple(map(short, inputs))
    ranks = (
        ranks_of([_numbered(item.id) for item in spec.items]),
        ranks_of(shorts),
        ranks_of([_numbered(item.expected or "") for item in spec.items]),
    )
    return ItemTexts(inputs, shorts, tuple(lines), ranks)


def blank(spec: CompareSpec | None) -> Answers:
    """No answers yet."""
    lanes = lanes_of(spec) if spec is not None else ()
    rows = len(spec.items) if spec is not None else 0
    return Answers(
        places={(lane.model, lane.variant): at for at, lane in enumerate(lanes)},
        marks=[[NOTHING] * len(lanes) for _ in range(rows)],
        texts=[[""] * len(lanes) for _ in range(rows)],
        keys=[[NOTHING.sort_key()] * rows for _ in lanes],
        kept={show: bytearray(rows) for show in Show if show is not Show.ALL},
    )


def filled(spec: CompareSpec, cells: Iterable[CellResult], votes: Iterable[Vote] = ()) -> Answers:
    """All answers of a run at once; of thousands this takes longer than a frame."""
    answers = blank(spec)
    for cell in cells:
        answers.add_cell(cell)
    for vote in votes:
        answers.add_vote(vote)
    return answers


def slim(cell: CellResult) -> CellResult:
    """A cell without its token records: thousands of them stay in memory."""
    if cell.generation is None:
        return replace(cell, prompt_ids=(), sent=())
    return replace(
        cell, generation=replace(cell.generation, tokens=()), prompt_ids=(), sent=(), stages=()
    )


def cell_at(key: CellKey) -> tuple[int, int, int]:
    """Item, model, variant: where a cell belongs."""
    return key.item, key.model, key.variant


def ranks_of(keys: Sequence[str]) -> tuple[int, ...]:
    """The place of each key among all of them; equal ones share one."""
    place = {key: at for at, key in enumerate(sorted(set(keys)))}
    return tuple(map(place.__getitem__, keys))


def short(text: str) -> str:
    """One line of a long text."""
    flat = " ".join(text[: 2 * LONGEST_CELL].split())
    return flat if len(flat) <= LONGEST_CELL else flat[: LONGEST_CELL - 1] + "…"


def _numbered(text: str) -> str:
    """Numbers sort by their size."""
    return f"{text:0>12}" if text.isdecimal() else text


def _with_cell(before: Mark, cell: CellResult) -> Mark:
    """What is known of an item after one more sample."""
    if cell.error is not None:
        return replace(before, error=cell.error.message)
    found = cell.extractions[0] if cell.extractions else None
    right = before.right + (cell.correct is True)
    answered = before.answered + 1
    value = found.value if found is not None else None
    if before.answered and before.value is not None:
        value = before.value
    correct = cell.correct if answered == 1 else _mostly(right, answered, cell.correct)
    return replace(before, value=value, correct=correct, answered=answered, right=right)


def _mostly(right: int, answered: int, last: bool | None) -> bool | None:
    return None if last is None else 2 * right > answered
