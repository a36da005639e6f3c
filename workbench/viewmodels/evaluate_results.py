"""What a comparison shows, without widgets: figures that follow the run, worked out beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import ErrorReport
from engine.evaluation.rescoring import RuleRow, read_all, rescored
from engine.evaluation.sensitivity import TEXT_RULES
from engine.evaluation.spec import (
    CellKey,
    CellResult,
    CompareResult,
    CompareSpec,
    VariantSummary,
    Vote,
)
from engine.evaluation.statistics.comparison import Comparison, Pair, compare_variants
from engine.evaluation.statistics.labels import model_labels
from workbench.services.background import Background
from workbench.viewmodels.evaluate_items import slim
from workbench.viewmodels.names import column_title

SOON_MS: Final = 300
REST: Final = 2.0
"""After a calculation the next one waits this many times as long as the last one took."""

Place = tuple[int, int]


@dataclass(frozen=True)
class Task:
    """What one calculation works on: values only, so that it may run on any thread."""

    turn: int
    spec: CompareSpec
    cells: tuple[CellResult, ...]
    votes: tuple[Vote, ...]
    rule: str
    rules: tuple[str, ...]
    titles: dict[Place, str]


@dataclass(frozen=True)
class Snapshot:
    """What a calculation found.

    Attributes:
        comparison: Columns, pairs, items only one got right, by the chosen rule.
        summaries: Votes and stability per column.
        rules: Every rule over every column; empty while nobody looks at them.
        cells: The cells with what the further rules read in them.
        seconds: How long it took.
    """

    comparison: Comparison
    summaries: tuple[VariantSummary, ...]
    rules: tuple[RuleRow, ...]
    cells: tuple[CellResult, ...]
    seconds: float


@dataclass
class _Held:
    """Everything that has arrived of the run on screen."""

    spec: CompareSpec
    titles: dict[Place, str]
    cells: dict[CellKey, CellResult] = field(default_factory=dict)
    votes: dict[tuple[int, int, int], Vote] = field(default_factory=dict)


class Stale(Exception):
    """The run on screen is another by now; nobody waits for this result."""


class ResultsModel(QObject):
    """Collects cells and votes; keeps the figures in step, off the GUI thread and not too often.

    Attributes:
        shown: The newest figures; None before the first.
        rule: The extraction rule that decides what is right; empty = the run's own.
        patterns: Rules of the person's own, ``regex:…``.

    Signals:
        changed(): `shown` is newer, or gone.
        rule_changed(str): Another rule was chosen.
    """

    changed = Signal()
    rule_changed = Signal(str)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._held: _Held | None = None
        self._turn = 0
        self._working = False
        self._again = False
        self._with_rules = False
        self.shown: Snapshot | None = None
        self.rule = ""
        self.patterns: tuple[str, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._work)

    @property
    def spec(self) -> CompareSpec | None:
        """The comparison on screen."""
        return self._held.spec if self._held is not None else None

    @property
    def used_rule(self) -> str:
        """The rule that decides now: the chosen one, or the run's own."""
        spec = self.spec
        return self.rule or (spec.rule if spec is not None else "")

    @property
    def answers(self) -> int:
        """Cells that have arrived."""
        return len(self._held.cells) if self._held is not None else 0

    # What arrives

    def begin(self, spec: CompareSpec) -> None:
        """A run starts."""
        self._reset(_Held(spec, titles(spec)))

    def clear(self) -> None:
        """Nothing is shown any more."""
        self._reset(None)

    def add_cell(self, cell: CellResult) -> None:
        """A cell has finished."""
        if self._held is None:
            return
        weighed = self._held.spec.variants[cell.key.variant].vote == "weighted"
        # A weighted vote by another rule needs the probabilities of the tokens.
        self._held.cells[cell.key] = cell if weighed else slim(cell)
        self._later()

    def add_vote(self, vote: Vote) -> None:
        """A vote has moved or ended."""
        if self._held is None:
            return
        self._held.votes[vote.place] = vote
        self._later()

    def finish(self, result: CompareResult) -> None:
        """The run has ended: take what did not come singly, and work it out at once."""
        if self._held is None:
            return
        for cell in result.cells:
            if cell.key not in self._held.cells:
                self.add_cell(cell)
        for vote in result.votes:
            self._held.votes[vote.place] = vote
        self._soon.start(0)

    # What the person does

    def choose_rule(self, rule: str) -> None:
        """Let another rule decide; empty = the run's own."""
        spec = self.spec
        if spec is not None and rule == spec.rule:
            rule = ""
        if rule == self.rule:
            return
        self.rule = rule
        self.rule_changed.emit(self.used_rule)
        self._soon.start(0)

    def add_pattern(self, rule: str) -> None:
        """Put a ``regex:…`` rule beside the others."""
        if rule not in self.patterns:
            self.patterns = (*self.patterns, rule)
            self._soon.start(0)

    def remove_pattern(self, rule: str) -> None:
        """Take it away again; when it decided, the run's own rule does so again."""
        self.patterns = tuple(one for one in self.patterns if one != rule)
        if self.rule == rule:
            self.choose_rule("")
        self._soon.start(0)

    def want_rules(self, wanted: bool) -> None:
        """Whether somebody looks at every rule: reading by all of them costs time."""
        if wanted and not self._with_rules and self._held is not None:
            self._soon.start(0)
        self._with_rules = wanted

    def retitle(self) -> None:
        """The language changed: the columns have other names."""
        if self._held is not None:
            self._held.titles = titles(self._held.spec)
            self._soon.start(0)

    def outputs(self, most: int) -> tuple[CellResult, ...]:
        """Some answered cells, one column after the other, for a preview."""
        if self._held is None:
            return ()
        cells = sorted(
            (one for one in self._held.cells.values() if one.generation and not one.dropped),
            key=lambda one: (one.key.item, one.key.sample, one.key.model, one.key.variant),
        )
        return tuple(cells[:most])

    def title(self, cell: CellResult) -> str:
        """The name of a cell's column."""
        place = (cell.key.model, cell.key.variant)
        return self._held.titles[place] if self._held is not None else cell.variant

    # The calculation

    def _reset(self, held: _Held | None) -> None:
        self._turn += 1
        self._held = held
        self.shown = None
        self.rule = ""
        self._soon.stop()
        self.changed.emit()

    def _later(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _work(self) -> None:
        if self._held is None:
            return
        if self._working:
            self._again = True
            return
        task = Task(
            self._turn,
            self._held.spec,
            tuple(self._held.cells.values()),
            tuple(self._held.votes.values()),
            self.rule,
            (*TEXT_RULES, *self.patterns) if self._with_rules else (),
            self._held.titles,
        )
        if not task.cells:
            return
        self._working = True
        self._background.run(
            partial(work_out, task, partial(self._check, task.turn)),
            partial(self._take, task.turn),
            self._failed,
        )

    def _check(self, turn: int) -> None:
        """Called on the worker thread; reading one number needs no lock."""
        if turn != self._turn:
            raise Stale

    def _take(self, turn: int, found: Snapshot) -> None:
        self._ended(found.seconds)
        if turn != self._turn or self._held is None:
            return
        for cell in found.cells:
            self._held.cells[cell.key] = cell
        self.shown = found
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._ended(0.0)
        if not isinstance(error, Stale):
            raise error

    def _ended(self, seconds: float) -> None:
        self._working = False
        self._soon.setInterval(max(SOON_MS, round(1000 * REST * seconds)))
        if self._again:
            self._again = False
            self._later()


def work_out(task: Task, check: Callable[[], None]) -> Snapshot:
    """The figures of a task; runs on a background thread.

    Raises:
        Stale: `check` says so.
    """
    from engine.evaluation.summary import summarise

    started = time.monotonic()
    check()
    wanted = dict.fromkeys((*((task.rule,) if task.rule else ()), *task.rules))
    cells, failed = read_all(task.cells, wanted, check)
    rule = None if not task.rule or task.rule in failed else task.rule
    comparison = compare_variants(task.spec, cells, task.votes, rule, labels=task.titles)
    check()
    applied = [one for one in task.rules if one not in failed]
    rows = {one.rule: one for one in rescored(task.spec, cells, task.votes, applied, task.titles)}
    for name, report in failed.items():
        rows[name] = RuleRow(name, error=report)
    check()
    votes = tuple(vote for vote in task.votes if vote.final)
    return Snapshot(
        comparison,
        summarise(task.spec, cells, votes),
        tuple(rows[one] for one in task.rules),
        cells,
        time.monotonic() - started,
    )


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


@dataclass(frozen=True)
class Preview:
    """What a pattern finds in one real answer.

    Attributes:
        item: The item's id.
        title: The column's name.
        text: The answer.
        start, end: Where the match stands; -1 when there is none.
        value: What it reads; None = nothing.
        correct: Against the expected answer; None when nobody knows it.
    """

    item: str
    title: str
    text: str
    start: int
    end: int
    value: str | None
    correct: bool | None


def preview(
    rule: str, outputs: tuple[tuple[str, CellResult], ...]
) -> tuple[tuple[Preview, ...], ErrorReport | None]:
    """A rule on some answers, as far as it goes; runs on a background thread.

    Args:
        rule: A rule's name, or ``regex:…``.
        outputs: Column name and cell.
    """
    from engine.errors import BadSpec
    from engine.evaluation.scoring import extract

    lines: list[Preview] = []
    for title, cell in outputs:
        assert cell.generation is not None
        try:
            found = extract(rule, cell.generation.text, cell.expected)
        except BadSpec as error:
            return tuple(lines), error.report()
        lines.append(
            Preview(
                cell.item_id,
                title,
                cell.generation.text,
                found.start,
                found.end,
                found.value,
                found.correct,
            )
        )
    return tuple(lines), None
