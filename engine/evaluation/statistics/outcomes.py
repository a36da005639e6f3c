"""What each item counts for each way of asking: 1 right, 0 wrong, or a share between.

A voted column counts each item by its vote; one with several samples and no vote by the share of
right samples; any other by its one answer. Cells that failed and items without an expected answer
count for nothing, on either side of a pair; nor do samples that a decided vote dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.evaluation.scoring import extract, judge
from engine.evaluation.spec import CellResult, CompareSpec, Extraction, Vote
from engine.evaluation.statistics.labels import column_labels
from engine.evaluation.voting import Ballot, groups_of, ranked, weight_of

Counted = Literal["answer", "vote", "mean"]


@dataclass
class Column:
    """One way of asking: a variant on a model.

    Attributes:
        model, variant: Indices into the spec's tuples.
        label: Its name on screen.
        values: Item index → what it counts, for scored items.
        counted: Whether an item counts by its answer, its vote, or the mean of its samples.
        samples: Most samples of an item.
        answers: Answers that were read.
        invalid: Of them, those in which the rule found nothing.
        failed: Cells that could not be asked.
    """

    model: int
    variant: int
    label: str
    values: dict[int, float] = field(default_factory=dict)
    counted: Counted = "answer"
    samples: int = 0
    answers: int = 0
    invalid: int = 0
    failed: int = 0

    @property
    def graded(self) -> bool:
        """Whether any item counts a share between 0 and 1."""
        return any(value not in (0.0, 1.0) for value in self.values.values())


def columns(
    spec: CompareSpec,
    cells: Iterable[CellResult],
    votes: Iterable[Vote] = (),
    rule: str | None = None,
    labels: Mapping[tuple[int, int], str] | None = None,
    check: Callable[[], None] | None = None,
) -> tuple[Column, ...]:
    """Every column that has a cell, in model and variant order.

    Args:
        spec: The comparison.
        cells: Its finished cells.
        votes: Its votes; an item with a vote counts by it.
        rule: Score by this rule instead of the primary one: answers are read again, and voted
            items are voted on again.
        labels: Names by (model, variant); None = `column_labels`.
        check: Called once per item and column; may raise to stop.

    Raises:
        BadSpec: The rule is unknown or cannot be applied.
    """
    names = column_labels(spec) if labels is None else labels
    grouped: dict[tuple[int, int], dict[int, list[CellResult]]] = {}
    for cell in cells:
        place = grouped.setdefault((cell.key.model, cell.key.variant), {})
        place.setdefault(cell.key.item, []).append(cell)
    voted: dict[tuple[int, int], dict[int, Vote]] = {}
    for vote in votes:
        if vote.final:
            voted.setdefault((vote.model, vote.variant), {})[vote.item] = vote
    return tuple(
        _column(Column(*place, names[place]), grouped[place], voted.get(place, {}), rule, check)
        for place in sorted(grouped)
    )


def _column(
    column: Column,
    items: dict[int, list[CellResult]],
    votes: dict[int, Vote],
    rule: str | None,
    check: Callable[[], None] | None,
) -> Column:
    for item in sorted(items):
        if check is not None:
            check()
        cells = items[item]
        column.failed += sum(cell.error is not None for cell in cells)
        found = tuple(_read(cells, rule))
        column.samples = max(column.samples, len(found))
        column.answers += len(found)
        column.invalid += sum(one.value is None for _, one in found)
        vote = votes.get(item)
        if not votes:
            value = _mean(found)
        elif vote is None or rule in (None, vote.rule):
            value = None if vote is None or vote.correct is None else float(vote.correct)
        else:
            value = _voted_again(found, vote, rule or "")
        if value is not None:
            column.values[item] = value
    column.counted = "vote" if votes else "mean" if column.samples > 1 else "answer"
    return column


def _read(cells: list[CellResult], rule: str | None) -> Iterator[tuple[CellResult, Extraction]]:
    """The verdict on each answered sample, read again when another rule is asked for."""
    for cell in cells:
        if cell.generation is None or cell.dropped:
            continue
        known = next((one for one in cell.extractions if rule in (None, one.rule)), None)
        if known is not None:
            yield cell, known
        elif rule is not None:
            said = cell.generation
            yield cell, extract(rule, said.text, cell.expected, said.lead)


def _mean(found: tuple[tuple[CellResult, Extraction], ...]) -> float | None:
    scored = [one.correct for _, one in found if one.correct is not None]
    return sum(scored) / len(scored) if scored else None


def _voted_again(
    found: tuple[tuple[CellResult, Extraction], ...], vote: Vote, rule: str
) -> float | None:
    """The samples vote again on what another rule reads; the way of counting stays."""
    if not found or found[0][0].expected is None:
        return None
    ballots = [
        Ballot(cell.key.sample, one.value, weight_of(cell.generation))
        for cell, one in found
        if cell.generation is not None
    ]
    order = ranked(groups_of(ballots, rule), vote.decided_by)
    winner = order[0].answer if order else None
    return float(judge(Extraction(rule, winner), found[0][0].expected).correct is True)
