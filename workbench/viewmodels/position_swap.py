"""What the model would say with positions told otherwise: asked for once the person pauses."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from engine.inspection.positions.counterfactual_spec import (
    CounterfactualResult,
    CounterfactualSpec,
)
from engine.jobs.events import Event, Failed, Finished, Terminal
from engine.jobs.job import Job
from workbench.services.jobs import JobService

PAUSE_MS: Final = 300


class SwapModel(QObject):
    """One question at a time; a newer one takes the place of an older.

    Attributes:
        result: The newest answer, or None.
        spec: The question that `result` answers.

    Signals:
        changed(): There is another answer, or none any more.
        running_changed(bool): A question is under way, or no longer.
        refused(object): `ErrorReport` of a question that failed.
    """

    changed = Signal()
    running_changed = Signal(bool)
    refused = Signal(object)

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._asked: CounterfactualSpec | None = None
        self._waiting: CounterfactualSpec | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._start)
        self.result: CounterfactualResult | None = None
        self.spec: CounterfactualSpec | None = None

    @property
    def running(self) -> bool:
        """Whether a question is under way or waits."""
        return self._job is not None or self._pause.isActive()

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
        self._cancel()
        if self.result is not None:
            self.result = self.spec = None
            self.changed.emit()

    def stop(self) -> None:
        """Ask the question under way to stop."""
        self._pause.stop()
        if self._job is not None:
            self._jobs.cancel(self._job.id)

    def _cancel(self) -> None:
        if self._job is not None:
            self._jobs.cancel(self._job.id)
            self._job = None
            self.running_changed.emit(False)

    def _start(self) -> None:
        self._pause.stop()
        spec, self._waiting = self._waiting, None
        if spec is None:
            return
        self._cancel()
        try:
            self._job = self._jobs.submit(spec, self._take)
        except EngineError as error:
            self.refused.emit(error.report())
            return
        self._asked = spec
        self.running_changed.emit(True)

    def _take(self, event: Event) -> None:
        if self._job is None or event.job_id != self._job.id:
            return
        if isinstance(event, Finished) and isinstance(event.result, CounterfactualResult):
            self.result, self.spec = event.result, self._asked
        elif isinstance(event, Failed):
            self.refused.emit(event.error)
        if isinstance(event, Terminal):
            self._job = None
            self.running_changed.emit(False)
            self.changed.emit()
