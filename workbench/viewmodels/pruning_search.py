"""Finding the best score for the model at hand, and showing what outlier features do to each."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.pruning.outliers_spec import (
    STRENGTHS,
    OutlierFacts,
    OutlierPoint,
    OutliersResult,
    OutliersSpec,
)
from engine.pruning.tune_spec import Candidate, TuneResult, TuneSpec
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.pruning_setup import Asked

EXPONENTS: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)


class TuneModel(QObject):
    """The search over (mode, u, a, group) at one ratio.

    Attributes:
        candidates: Tried so far, best first.
        result: The finished search, or None.
        spec: What was asked.

    Signals:
        changed(): Candidates came or went.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.candidates: tuple[Candidate, ...] = ()
        self.result: TuneResult | None = None
        self.spec: TuneSpec | None = None
        self.job.part.connect(self._take)
        self.job.found.connect(self._found)

    def start(self, asked: Asked, ratio: float) -> bool:
        """Try every score at this ratio."""
        try:
            spec = TuneSpec(
                model=asked.model,
                **asked.texts(),
                ratio=ratio,
                activations=EXPONENTS,
            )
        except EngineError as error:
            self.job.refused.emit(error.report())
            return False
        self.candidates, self.result, self.spec = (), None, spec
        self.changed.emit()
        return self.job.start(spec)

    def forget(self) -> None:
        """Another model."""
        self.job.forget()
        self.candidates, self.result, self.spec = (), None, None
        self.changed.emit()

    def _take(self, value: object) -> None:
        if isinstance(value, Candidate):
            found = (*self.candidates, value)
            self.candidates = tuple(sorted(found, key=lambda one: one.chosen.nll))
            self.changed.emit()

    def _found(self, result: object) -> None:
        if isinstance(result, TuneResult):
            self.result, self.candidates = result, result.candidates
            self.changed.emit()


class OutliersModel(QObject):
    """Outlier features of growing strength under several methods.

    Attributes:
        strength: Which one the slider stands at.
        points, facts: Measured so far.
        result: The finished measurement, or None.
        spec: What was asked.

    Signals:
        changed(): Points came or went.
        strength_changed().
    """

    changed = Signal()
    strength_changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.strength = 1.0
        self.methods: tuple[str, ...] = ("magnitude", "wanda", "ria")
        self.points: tuple[OutlierPoint, ...] = ()
        self.facts: tuple[OutlierFacts, ...] = ()
        self.result: OutliersResult | None = None
        self.spec: OutliersSpec | None = None
        self.job.part.connect(self._take)
        self.job.found.connect(self._found)

    def start(self, asked: Asked, ratio: float) -> bool:
        """Measure every strength, and the one of the slider."""
        strengths = tuple(sorted({*STRENGTHS, round(self.strength, 2)}))
        try:
            spec = OutliersSpec(
                model=asked.model,
                **asked.texts(),
                strengths=strengths,
                methods=self.methods,
                ratio=ratio,
            )
        except EngineError as error:
            self.job.refused.emit(error.report())
            return False
        self.points, self.facts, self.result, self.spec = (), (), None, spec
        self.changed.emit()
        return self.job.start(spec)

    def set_strength(self, strength: float) -> None:
        """Look at another strength."""
        if strength != self.strength:
            self.strength = strength
            self.strength_changed.emit()

    def forget(self) -> None:
        """Another model."""
        self.job.forget()
        self.points, self.facts, self.result, self.spec = (), (), None, None
        self.changed.emit()

    def curve(self, method: str) -> tuple[OutlierPoint, ...]:
        """A method's points by growing strength."""
        own = (point for point in self.points if point.method == method)
        return tuple(sorted(own, key=lambda point: point.strength))

    def fact(self, strength: float) -> OutlierFacts | None:
        """The dense model at a measured strength."""
        return next((one for one in self.facts if abs(one.strength - strength) < 1e-9), None)

    def _take(self, value: object) -> None:
        if isinstance(value, OutlierPoint):
            self.points = (*self.points, value)
        elif isinstance(value, OutlierFacts):
            self.facts = (*self.facts, value)
        self.changed.emit()

    def _found(self, result: object) -> None:
        if isinstance(result, OutliersResult):
            self.result, self.points, self.facts = result, result.points, result.facts
            self.changed.emit()
