"""The statistics of a whole comparison as a value: columns, pairs, items only one got right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from engine.evaluation.spec import CellResult, CompareSpec, Vote
from engine.evaluation.statistics.bootstrap import bootstrap_difference, bootstrap_mean
from engine.evaluation.statistics.holm import holm
from engine.evaluation.statistics.interval import Interval
from engine.evaluation.statistics.mcnemar import mcnemar_exact
from engine.evaluation.statistics.newcombe import newcombe
from engine.evaluation.statistics.outcomes import Column, Counted, columns
from engine.evaluation.statistics.permutation import sign_flip
from engine.evaluation.statistics.sample_size import ALPHA, needed_for
from engine.evaluation.statistics.wilson import wilson

Test = Literal["exact McNemar", "sign flips"]
WISHES = (0.1, 0.05, 0.02, 0.01)
"""Differences to plan for: the first that the items at hand are too few for."""


@dataclass(frozen=True)
class Standing:
    """One column's accuracy.

    Attributes:
        model, variant: Indices into the spec's tuples.
        label: Its name.
        n: Scored items.
        right: What they count together (a whole number unless samples are averaged).
        accuracy: `right` / `n`; None when nothing is scored.
        interval: Wilson's, or the bootstrap's when items count shares; None when nothing is scored
            or all shares are alike.
        counted: What an item counts by: its one answer, its vote, or the mean of its samples.
        samples: Most samples of an item.
        answers, invalid, failed: Answers read, those without a readable answer, cells not asked.
    """

    model: int
    variant: int
    label: str
    n: int
    right: float
    accuracy: float | None
    interval: Interval | None
    counted: Counted
    samples: int
    answers: int
    invalid: int
    failed: int


@dataclass(frozen=True)
class Pair:
    """Two columns on the items that both answered. Differences are second − first.

    Attributes:
        first, second: Indices into `Comparison.standings`.
        first_label, second_label: Their names.
        n: Items that are scored on both sides.
        difference: Accuracy of the second less that of the first, over these items.
        interval: Newcombe's method 10, or the BCa bootstrap when items count shares; None when
            these all differ alike.
        p: Two-sided, of `test`.
        holm_p: `p` after Holm's correction over all pairs; equal to it when there is one pair.
        test: Exact McNemar, or sign flips (a permutation test) when items count shares.
        both, neither: Items right on both sides, on neither; None when items count shares.
        only_first, only_second: Ids of the items on which exactly one side is right (does better,
            when items count shares).
        wished, needed: A difference, and about how many items it needs at this discordance; None
            when the items at hand say nothing about it (a single one, or all differ alike).
        sentence: The verdict in words.
    """

    first: int
    second: int
    first_label: str
    second_label: str
    n: int
    difference: float
    interval: Interval | None
    p: float
    holm_p: float
    test: Test
    both: int | None
    neither: int | None
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    wished: float
    needed: int | None
    sentence: str = ""

    @property
    def discordance(self) -> float:
        """Share of items on which the two differ."""
        return (len(self.only_first) + len(self.only_second)) / self.n

    @property
    def better(self) -> int | None:
        """The standing that is better at α = 0.05 after Holm's correction, or None."""
        if self.holm_p >= ALPHA or self.difference == 0:
            return None
        return self.second if self.difference > 0 else self.first


@dataclass(frozen=True)
class OnlyRight:
    """An item that exactly one column got right.

    Attributes:
        item: Its id.
        index: Its place in the spec.
        standing: The column, an index into `Comparison.standings`.
    """

    item: str
    index: int
    standing: int


@dataclass(frozen=True)
class Comparison:
    """Every column and every pair.

    Attributes:
        rule: The extraction rule that decided what is right.
        standings: The columns, in model and variant order.
        pairs: Every pair of columns that share a scored item, in order.
        exactly_one: Items, scored in every column, that exactly one column got right.
        notes: Sentences that say how items were counted and why something is missing.
    """

    rule: str
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    exactly_one: tuple[OnlyRight, ...]
    notes: tuple[str, ...] = ()


def compare_variants(
    spec: CompareSpec,
    cells: Iterable[CellResult],
    votes: Iterable[Vote] = (),
    rule: str | None = None,
    *,
    labels: Mapping[tuple[int, int], str] | None = None,
    seed: int = 0,
    check: Callable[[], None] | None = None,
) -> Comparison:
    """Compare every column (variant × model) of a comparison with every other, item by item.

    Works for techniques on one model, for one technique on several models or states of one model,
    and for both at once. Call it off the GUI thread: shares of several samples import scipy.

    Args:
        spec: The comparison.
        cells: Finished cells; the run may still be under way.
        votes: Its votes; an item with a vote counts by it.
        rule: Another extraction rule than the primary one; answers are then read again.
        labels: Names of the columns by (model, variant); None = `column_labels`.
        seed: Of the bootstrap and of drawn sign flips.
        check: Called once per item and column; may raise to stop.

    Raises:
        BadSpec: The rule is unknown or cannot be applied.
    """
    from engine.evaluation.statistics.words import notes, verdict

    found = columns(spec, cells, votes, rule, labels, check)
    standings = tuple(standing_of(column, seed) for column in found)
    ids = [item.id for item in spec.items]
    raw = [
        pair
        for first, second in combinations(range(len(found)), 2)
        if (pair := _pair(found, first, second, ids, seed)) is not None
    ]
    adjusted = holm([pair.p for pair in raw])
    corrected = [replace(pair, holm_p=p) for pair, p in zip(raw, adjusted, strict=True)]
    pairs = tuple(replace(pair, sentence=verdict(pair, len(raw))) for pair in corrected)
    return Comparison(
        rule or spec.rule, standings, pairs, _exactly_one(found, ids), notes(standings, pairs)
    )


def standing_of(column: Column, seed: int = 0, *, bootstrap: bool = True) -> Standing:
    """A column's accuracy and its interval.

    Args:
        column: What its items count.
        seed: Of the bootstrap.
        bootstrap: Draw the interval of shares, too; without it they have none.
    """
    values = list(column.values.values())
    n, right = len(values), sum(values)
    interval = None
    if n and not column.graded:
        interval = wilson(round(right), n)
    elif n and bootstrap:
        interval = bootstrap_mean(values, seed=seed)
    return Standing(
        model=column.model,
        variant=column.variant,
        label=column.label,
        n=n,
        right=right,
        accuracy=right / n if n else None,
        interval=interval,
        counted=column.counted,
        samples=column.samples,
        answers=column.answers,
        invalid=column.invalid,
        failed=column.failed,
    )


def _pair(
    found: Sequence[Column], first: int, second: int, ids: Sequence[str], seed: int
) -> Pair | None:
    one, other = found[first].values, found[second].values
    shared = sorted(one.keys() & other.keys())
    if not shared:
        return None
    pair = pair_of(
        [ids[item] for item in shared],
        [one[item] for item in shared],
        [other[item] for item in shared],
        (found[first].label, found[second].label),
        seed=seed,
    )
    return replace(pair, first=first, second=second)


def pair_of(
    ids: Sequence[str],
    first: Sequence[float],
    second: Sequence[float],
    labels: tuple[str, str],
    *,
    seed: int = 0,
) -> Pair:
    """The pair of two columns of values, 0 … 1 each, over the same items; not yet corrected.

    Raises:
        ValueError: No items, or sequences of different lengths.
    """
    tested = paired(first, second, seed=seed)
    rows = tuple(zip(ids, first, second, strict=True))
    return Pair(
        first=0,
        second=1,
        first_label=labels[0],
        second_label=labels[1],
        n=len(rows),
        difference=tested.difference,
        interval=tested.interval,
        p=tested.p,
        holm_p=tested.p,
        test=tested.test,
        both=tested.both,
        neither=tested.neither,
        only_first=tuple(item for item, a, b in rows if a > b),
        only_second=tuple(item for item, a, b in rows if b > a),
        wished=tested.wished,
        needed=tested.needed,
    )


@dataclass(frozen=True)
class Paired:
    """The test of two columns of numbers, without names."""

    difference: float
    interval: Interval | None
    p: float
    test: Test
    both: int | None
    neither: int | None
    wished: float
    needed: int | None


def paired(first: Sequence[float], second: Sequence[float], *, seed: int = 0) -> Paired:
    """Test second − first over the same items: McNemar for 0/1, sign flips for anything else.

    Raises:
        ValueError: No items, or sequences of different lengths.
    """
    n = len(first)
    difference = (sum(second) - sum(first)) / n if n else 0.0
    differences = [b - a for a, b in zip(first, second, strict=True)]
    if any(value not in (0, 1) for value in (*first, *second)):
        drawn = bootstrap_difference(first, second, seed=seed)
        p = sign_flip(first, second, seed=seed)
        wished, needed = _needs(differences, graded=True)
        return Paired(difference, drawn, p, "sign flips", None, None, wished, needed)
    both = sum(a == b == 1 for a, b in zip(first, second, strict=True))
    only_first = sum(a > b for a, b in zip(first, second, strict=True))
    only_second = sum(b > a for a, b in zip(first, second, strict=True))
    neither = n - both - only_first - only_second
    interval = newcombe(both, only_first, only_second, neither)
    p = mcnemar_exact(only_first, only_second)
    wished, needed = _needs(differences, graded=False)
    return Paired(difference, interval, p, "exact McNemar", both, neither, wished, needed)


def _needs(differences: Sequence[float], graded: bool) -> tuple[float, int | None]:
    """The first wish that the items at hand are too few for, and how many it needs."""
    wish, needed = WISHES[0], needed_for(WISHES[0], differences, graded=graded)
    for wish in WISHES:
        needed = needed_for(wish, differences, graded=graded)
        if needed is None or needed > len(differences):
            break
    return wish, needed


def _exactly_one(found: Sequence[Column], ids: Sequence[str]) -> tuple[OnlyRight, ...]:
    if len(found) < 2:
        return ()
    shared = set(found[0].values).intersection(*(column.values for column in found[1:]))
    only = []
    for item in sorted(shared):
        right = [place for place, column in enumerate(found) if column.values[item] == 1.0]
        wrong = sum(column.values[item] == 0.0 for column in found)
        if len(right) == 1 and wrong == len(found) - 1:
            only.append(OnlyRight(ids[item], item, right[0]))
    return tuple(only)
