"""The figures of a comparison, worked out on a background thread from values alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engine.errors import ErrorReport
from engine.evaluation.rescoring import RuleRow, read_all, rescored
from engine.evaluation.spec import CellResult, CompareSpec, VariantSummary, Vote
from engine.evaluation.statistics.comparison import Comparison, Pair, compare_variants
from engine.evaluation.statistics.labels import model_labels
from workbench.viewmodels.names import column_title

NAP_EVERY: Final = 150
NAP_S: Final = 0.001

Place = tuple[int, int]


@dataclass(frozen=True)
class Task:
    """What one calculation works on: values only, so that it may run on any thread."""

    turn: int
    spec: CompareSpec
    cells: tuple[CellResult, ...]
    votes: tuple[Vote, ...]
    rule: str
    titles: dict[Place, str]


@dataclass(frozen=True)
class Snapshot:
    """What a calculation found.

    Attributes:
        comparison: Columns, pairs, items only one got right, by the chosen rule.
        summaries: Votes and stability per column.
        rules: Every rule over every column; empty while nobody looks at them.
        cells: The task's cells, in its order, with what further rules read in them.
        seconds: How long it took.
        error: Why the chosen rule could not be applied; the run's own rule decided instead.
    """

    comparison: Comparison
    summaries: tuple[VariantSummary, ...]
    rules: tuple[RuleRow, ...]
    cells: tuple[CellResult, ...]
    seconds: float
    error: ErrorReport | None = None


@dataclass(frozen=True)
class Rules:
    """Every rule over every column, and the cells as they were read for it."""

    rows: tuple[RuleRow, ...]
    cells: tuple[CellResult, ...]
    seconds: float


class Stale(Exception):
    """The run on screen is another by now; nobody waits for this result."""


class Breather:
    """Called at each step of a long calculation: stops a stale one, and lets the window breathe.

    A thread of pure Python gives way only every few milliseconds, and the window's thread asks
    for its turn many times in one redraw. A nap now and then gives it the whole turn.

    Args:
        is_stale: Whether nobody waits for the result any more.
    """

    def __init__(self, is_stale: Callable[[], bool]) -> None:
        self._is_stale = is_stale
        self._steps = 0

    def __call__(self) -> None:
        """One step. Raises `Stale`."""
        self._steps += 1
        if self._steps % NAP_EVERY == 0:
            time.sleep(NAP_S)
            if self._is_stale():
                raise Stale


def work_out(task: Task, check: Callable[[], None]) -> Snapshot:
    """The figures of a task; runs on a background thread.

    Raises:
        Stale: `check` says so.
    """
    from engine.evaluation.summary import summarise

    started = time.monotonic()
    rules = (task.rule,) if task.rule else ()
    cells, failed = read_all(task.cells, rules, check)
    error = failed.get(task.rule)
    rule = task.rule if task.rule and error is None else None
    found = compare_variants(task.spec, cells, task.votes, rule, labels=task.titles, check=check)
    votes = tuple(vote for vote in task.votes if vote.final)
    summaries = summarise(task.spec, cells, votes)
    return Snapshot(found, summaries, (), cells, time.monotonic() - started, error)


def read_rules(task: Task, rules: tuple[str, ...], check: Callable[[], None]) -> Rules:
    """Every rule over every column; runs on a background thread.

    Raises:
        Stale: `check` says so.
    """
    started = time.monotonic()
    cells, failed = read_all(task.cells, rules, check)
    applied = [rule for rule in rules if rule not in failed]
    found = rescored(task.spec, cells, task.votes, applied, task.titles, check)
    rows = {one.rule: one for one in found}
    rows.update((rule, RuleRow(rule, error=report)) for rule, report in failed.items())
    return Rules(tuple(rows[rule] for rule in rules), cells, time.monotonic() - started)


def titles(spec: CompareSpec) -> dict[Place, str]:
    """(model, variant) → a column's name on screen: the technique's, the model's, or both."""
    models = model_labels(spec.models)
    ways = [
        column_title(one.technique, one.name)
        if not one.name or one.name.startswith(one.technique)
        else one.name
        for one in spec.variants
    ]
    names: dict[Place, str] = {}
    for model, label in enumerate(models):
        for variant, way in enumerate(ways):
            if len(models) == 1:
                names[model, variant] = way
            else:
                names[model, variant] = label if len(ways) == 1 else f"{label} · {way}"
    return names


def by_weight(comparison: Comparison) -> tuple[Pair, ...]:
    """The pairs, those that show a difference first, the largest on top."""
    return tuple(
        sorted(
            comparison.pairs,
            key=lambda pair: (pair.better is None, -abs(pair.difference), pair.first, pair.second),
        )
    )
