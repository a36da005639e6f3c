"""What the model would say with positions told otherwise: asked for once the person pauses."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.inspection.positions.counterfactual_spec import (
    CounterfactualResult,
    CounterfactualSpec,
)
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs

PAUSE_MS: Final = 300


class SwapModel(QObject):
    """One question at a time; a newer one takes the place of an older.

    Signals:
        changed(): There is another answer, or none any more.
        running_changed(bool): A question is under way, or no longer.
        refused(object): `ErrorReport` of a question that failed.
    """

    changed = Signal()
    running_changed = Signal(bool)
    refused = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slot = JobSlot(jobs, self)
        self._waiting: CounterfactualSpec | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._start)
        self._slot.running_changed.connect(self.running_changed)
        self._slot.refused.connect(self.refused)
        self._slot.ended.connect(self.changed)

    @property
    def result(self) -> CounterfactualResult | None:
        """The newest answer, or None."""
        found = self._slot.result
        return found if isinstance(found, CounterfactualResult) else None

    @property
    def spec(self) -> CounterfactualSpec | None:
        """The question that `result` answers."""
        asked = self._slot.answered
        return asked if isinstance(asked, CounterfactualSpec) else None

    @property
    def running(self) -> bool:
        """Whether a question is under way or waits."""
        return self._slot.running or self._pause.isActive()

    def ask(self, spec: CounterfactualSpec, at_once: bool = False) -> None:
        """Ask once nothing newer has come for a moment, or at once."""
        self._waiting = spec
        if at_once:
            self._start()
        else:
            self._pause.start()

    def forget(self) -> None:
        """Another text or model: what was asked no longer counts."""
        self._pause.stop()
        self._waiting = None
        had = self._slot.result is not None and not self._slot.running
        self._slot.forget()
        if had:
            self.changed.emit()

    def stop(self) -> None:
        """Ask the question under way to stop."""
        self._pause.stop()
        self._slot.stop()

    def _start(self) -> None:
        self._pause.stop()
        spec, self._waiting = self._waiting, None
        if spec is not None:
            self._slot.start(spec)
