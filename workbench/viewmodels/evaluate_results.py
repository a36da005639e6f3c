"""What a comparison shows, without widgets: figures that follow the run, worked out beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.evaluation.extractors.registry import TEXT_RULES
from engine.evaluation.spec import CellKey, CellResult, CompareResult, CompareSpec, Vote
from workbench.services.background import Background
from workbench.viewmodels.evaluate_answers import slim
from workbench.viewmodels.evaluate_figures import (
    Breather,
    Place,
    Rules,
    Snapshot,
    Stale,
    Task,
    read_rules,
    titles,
    work_out,
)
from workbench.viewmodels.evaluate_trial import Trial

SOON_MS: Final = 300
REST: Final = 2.0
"""After a calculation the next one waits this many times as long as the last one took."""


@dataclass
class _Held:
    """Everything that has arrived of the run on screen; cells in the order of their arrival."""

    spec: CompareSpec
    titles: dict[Place, str]
    cells: list[CellResult] = field(default_factory=list)
    places: dict[CellKey, int] = field(default_factory=dict)
    votes: dict[tuple[int, int, int], Vote] = field(default_factory=dict)


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
        self._working_on = 0
        self._again = False
        self._pause = SOON_MS
        self._with_rules = False
        self.shown: Snapshot | None = None
        self.rule = ""
        self.patterns: tuple[str, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
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
        kept = cell if weighed else slim(cell)
        known = self._held.places.get(cell.key)
        if known is None:
            self._held.places[cell.key] = len(self._held.cells)
            self._held.cells.append(kept)
        else:
            self._held.cells[known] = kept
            self._turn += 1  # what is being worked out has the old one
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
        if len(self._held.cells) < len(result.cells):
            for cell in result.cells:
                if cell.key not in self._held.places:
                    self.add_cell(cell)
        for vote in result.votes:
            self._held.votes[vote.place] = vote
        self._now()

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
        self._now()

    def add_pattern(self, rule: str) -> None:
        """Put a ``regex:…`` rule beside the others."""
        if rule not in self.patterns:
            self.patterns = (*self.patterns, rule)
            self._now()

    def remove_pattern(self, rule: str) -> None:
        """Take it away again; when it decided, the run's own rule does so again."""
        self.patterns = tuple(one for one in self.patterns if one != rule)
        if self.rule == rule:
            self.choose_rule("")
        self._now()

    def want_rules(self, wanted: bool) -> None:
        """Whether somebody looks at every rule: reading by all of them costs time."""
        if wanted and not self._with_rules and self._held is not None:
            self._now()
        self._with_rules = wanted

    def retitle(self) -> None:
        """The language changed: the columns have other names."""
        if self._held is not None:
            self._held.titles = titles(self._held.spec)
            self._now()

    def tried(self, rule: str) -> Trial | None:
        """What a preview of a rule works on; None = nothing has been answered."""
        if self._held is None or not self._held.cells:
            return None
        return Trial(rule, tuple(self._held.cells), self._held.titles)

    # The calculation

    def _reset(self, held: _Held | None) -> None:
        self._turn += 1
        self._held = held
        self.shown = None
        self.rule = ""
        self._soon.stop()
        self.changed.emit()

    def _later(self) -> None:
        """Work it out after a pause; more that arrives meanwhile is worked out with it."""
        if not self._soon.isActive():
            self._soon.start(self._pause)

    def _now(self) -> None:
        """Work it out at once; what is being worked out is given up."""
        self._turn += 1
        self._soon.start(0)

    def _work(self) -> None:
        if self._held is None or not self._held.cells:
            return
        if self._working:
            self._again = self._working_on != self._turn
            if not self._again:
                self._later()
            return
        task = Task(
            self._turn,
            self._held.spec,
            tuple(self._held.cells),
            tuple(self._held.votes.values()),
            self.rule,
            self._held.titles,
        )
        self._working, self._working_on = True, task.turn
        self._background.run(
            partial(work_out, task, self._breather(task)), partial(self._take, task), self._failed
        )

    def _breather(self, task: Task) -> Breather:
        return Breather(partial(self._is_stale, task.turn))

    def _is_stale(self, turn: int) -> bool:
        """Called on the worker thread; reading one number needs no lock."""
        return turn != self._turn

    def _take(self, task: Task, found: Snapshot) -> None:
        """The figures have come; the rules follow when somebody looks at them."""
        if task.turn != self._turn or self._held is None:
            self._ended(found.seconds)
            return
        self._held.cells[: len(found.cells)] = found.cells
        before = self.shown.rules if self.shown is not None else ()
        self.shown = replace(found, rules=before if self._with_rules else ())
        self.changed.emit()
        if not self._with_rules:
            self._ended(found.seconds)
            return
        self._background.run(
            partial(
                read_rules,
                replace(task, cells=found.cells),
                (*TEXT_RULES, *self.patterns),
                self._breather(task),
            ),
            partial(self._take_rules, task, found.seconds),
            self._failed,
        )

    def _take_rules(self, task: Task, before: float, found: Rules) -> None:
        if task.turn == self._turn and self._held is not None and self.shown is not None:
            self._held.cells[: len(found.cells)] = found.cells
            self.shown = replace(self.shown, rules=found.rows)
            self.changed.emit()
        self._ended(before + found.seconds)

    def _failed(self, error: Exception) -> None:
        self._ended(0.0)
        if not isinstance(error, Stale):
            raise error

    def _ended(self, seconds: float) -> None:
        self._working = False
        self._pause = max(SOON_MS, round(1000 * REST * seconds))
        if self._again:
            self._again = False
            self._work()
