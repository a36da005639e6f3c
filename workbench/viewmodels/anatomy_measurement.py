"""One measurement of a page: at most one job in flight, its last result kept."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.jobs.events import Event, Failed, Finished, Partial, Progress, Terminal
from engine.jobs.job import Job
from engine.jobs.spec import Spec
from workbench.services.jobs import JobService


class Measurement(QObject):
    """Submits a spec and hears its job.

    Attributes:
        spec: What was last asked.
        result: What the last finished job returned; stays until the next one ends well.
        asked: The spec that `result` answers.
        parts: What the job in flight, or the last one, has published so far.

    Signals:
        changed(): `result`, `parts` or `running` changed.
        progressed(object): A `Progress` event.
        refused(object): An `ErrorReport`.
        ended(): The job ended, however.
    """

    changed = Signal()
    progressed = Signal(object)
    refused = Signal(object)
    ended = Signal()

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self.spec: Spec | None = None
        self.asked: Spec | None = None
        self.result: object = None
        self.parts: tuple[object, ...] = ()

    @property
    def running(self) -> bool:
        """Whether a job is in flight."""
        return self._job is not None

    def run(self, spec: Spec) -> bool:
        """Measure; False when it is measuring already, or the spec was `refused`."""
        if self._job is not None:
            return False
        try:
            self._job = self._jobs.submit(spec, self._hear)
        except EngineError as error:
            self.refused.emit(error.report())
            self.ended.emit()
            return False
        self.spec, self.parts = spec, ()
        self.changed.emit()
        return True

    def stop(self) -> None:
        """Ask the job in flight to stop."""
        if self._job is not None:
            self._jobs.cancel(self._job.id)

    def forget(self) -> None:
        """Drop the result, and the job in flight: they are about something else now."""
        if self._job is not None:
            self.stop()
            self._job = None
            self.ended.emit()
        self.result, self.asked, self.parts = None, None, ()
        self.changed.emit()

    def _hear(self, event: Event) -> None:
        if self._job is None or event.job_id != self._job.id:
            return  # of a job whose result nobody wants any more
        if isinstance(event, Progress):
            self.progressed.emit(event)
        elif isinstance(event, Partial):
            self.parts = (*self.parts, event.value)
            self.changed.emit()
        elif isinstance(event, Finished):
            self.result, self.asked = event.result, self.spec
        elif isinstance(event, Failed):
            self.refused.emit(event.error)
        if isinstance(event, Terminal):
            self._job = None
            self.changed.emit()
            self.ended.emit()
