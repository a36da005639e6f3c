"""Curves: several methods at several ratios, filling in while they are measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.errors import BadSpec, EngineError
from engine.prompting.elements import Language
from engine.pruning.prune_spec import CUSTOM
from engine.pruning.sweep_spec import DENSE, RATIOS, SweepCell, SweepPruneSpec, SweepResult
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.pruning_setup import Asked

FIRST_METHODS: Final = ("magnitude", "wanda", "ria")


@dataclass(frozen=True)
class SweepChoice:
    """What the curves are of.

    Attributes:
        methods: The curves.
        ratios: Their points.
        task: A teaching task whose accuracy is measured too, or empty.
        language: Of its items.
        items: How many.
        steps: Ask for the steps before the answer.
    """

    methods: tuple[str, ...] = FIRST_METHODS
    ratios: tuple[float, ...] = RATIOS
    task: str = ""
    language: Language = "en"
    items: int = 40
    steps: bool = True

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> SweepChoice:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            SweepPruneSpec(
                methods=found.methods, ratios=found.ratios, task=found.task, items=found.items
            ).check()
        except (msgspec.ValidationError, BadSpec):
            return cls()
        return found


class SweepModel(QObject):
    """Keeps every cell of the curves on screen, also those of a sweep that was stopped.

    Attributes:
        choice: What the next sweep measures.
        cells: Measured cells by method and ratio; of one calibration, evaluation and sharing.
        dense: The whole model's cell, or None.
        result: The last finished sweep, for its provenance.
        spec: What `cells` answer.

    Signals:
        choice_changed(), changed(): Cells came or went.
    """

    choice_changed = Signal()
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.choice = SweepChoice()
        self.cells: dict[tuple[str, float], SweepCell] = {}
        self.dense: SweepCell | None = None
        self.result: SweepResult | None = None
        self.spec: SweepPruneSpec | None = None
        self.job.part.connect(self._take)
        self.job.found.connect(self._found)

    def set_choice(self, choice: SweepChoice) -> None:
        """Measure something else the next time; what is on screen stays."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def spec_of(self, asked: Asked) -> SweepPruneSpec:
        """The sweep that the settings mean. Raises `BadSpec`."""
        setup, choice = asked.setup, self.choice
        return SweepPruneSpec(
            model=asked.model,
            **asked.texts(),
            methods=choice.methods,
            recipe=setup.recipe if CUSTOM in choice.methods else SweepPruneSpec().recipe,
            ratios=choice.ratios,
            allocation=setup.allocation,
            task=choice.task,
            language=choice.language,
            items=choice.items,
            steps=choice.steps,
        )

    def start(self, asked: Asked) -> bool:
        """Measure; cells that answer the same question stay on screen."""
        try:
            spec = self.spec_of(asked)
            spec.check()
        except EngineError as error:
            self.job.refused.emit(error.report())
            return False
        if self.spec is None or _question(spec) != _question(self.spec):
            self.cells, self.dense = {}, None
        self.spec, self.result = spec, None
        self.changed.emit()
        return self.job.start(spec)

    def forget(self) -> None:
        """Another model: the curves are no longer of it."""
        self.job.forget()
        self.cells, self.dense, self.result, self.spec = {}, None, None, None
        self.changed.emit()

    def curve(self, method: str) -> tuple[SweepCell, ...]:
        """A method's cells by growing ratio, from the dense one."""
        own = sorted(
            (cell for (name, _), cell in self.cells.items() if name == method),
            key=lambda cell: cell.ratio,
        )
        return (self.dense, *own) if self.dense is not None else tuple(own)

    def methods(self) -> tuple[str, ...]:
        """Methods that have a cell, in the order of the sweep."""
        known = {name for name, _ in self.cells}
        order = self.spec.methods if self.spec is not None else ()
        return tuple(one for one in order if one in known)

    def _take(self, value: object) -> None:
        if not isinstance(value, SweepCell):
            return
        if value.method == DENSE:
            self.dense = value
        else:
            self.cells[value.method, value.ratio] = value
        self.changed.emit()

    def _found(self, result: object) -> None:
        if isinstance(result, SweepResult):
            self.result, self.dense = result, result.dense
            self.cells.update({(cell.method, cell.ratio): cell for cell in result.cells})
            self.changed.emit()


def _question(spec: SweepPruneSpec) -> SweepPruneSpec:
    """A sweep without what only adds cells."""
    return replace(spec, methods=("wanda",), ratios=(0.5,), afresh=False)
