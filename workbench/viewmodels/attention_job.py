"""One job at a time whose newest question counts: what the parts of the page Attention share."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.jobs.events import Event, Failed, Finished, Partial, Progress, Terminal
from engine.jobs.spec import Spec
from workbench.viewmodels.compare import JobHandle, Jobs


class JobSlot(QObject):
    """Submits specs; a newer one replaces the one in flight, whose events go nowhere then.

    Attributes:
        spec: What was asked last.

    Signals:
        running_changed(bool), progressed(object): A `Progress` event.
        part(object): The value of a `Partial` event.
        found(object): The result of the job.
        refused(object): An `ErrorReport`.
        ended(): The job is over, however; after `found` or `refused`.
    """

    running_changed = Signal(bool)
    progressed = Signal(object)
    part = Signal(object)
    found = Signal(object)
    refused = Signal(object)
    ended = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._handle: JobHandle | None = None
        self._serial = 0
        self._running = False
        self.spec: Spec | None = None

    @property
    def running(self) -> bool:
        """Whether a job is in flight."""
        return self._running

    def start(self, spec: Spec) -> bool:
        """Ask; False (and `refused`) when the spec cannot run."""
        self.drop()
        self._serial += 1
        self.spec = spec
        self._set_running(True)
        try:
            self._handle = self._jobs.submit(spec, self._listener(self._serial))
        except EngineError as error:
            self.refused.emit(error.report())
            self._end()
            return False
        return True

    def stop(self) -> None:
        """Ask the job in flight to stop."""
        if self._handle is not None:
            self._jobs.cancel(self._handle.id)

    def drop(self) -> None:
        """Stop, and hear no more of it."""
        if self._running:
            self.stop()
            self._serial += 1
            self._end()

    def _listener(self, serial: int) -> Callable[[Event], None]:
        def hear(event: Event) -> None:
            if serial == self._serial and self._running:
                self._take(event)

        return hear

    def _take(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progressed.emit(event)
        elif isinstance(event, Partial):
            self.part.emit(event.value)
        elif isinstance(event, Finished):
            self.found.emit(event.result)
        elif isinstance(event, Failed):
            self.refused.emit(event.error)
        if isinstance(event, Terminal):
            self._end()

    def _end(self) -> None:
        self._handle = None
        self._set_running(False)
        self.ended.emit()

    def _set_running(self, running: bool) -> None:
        if running != self._running:
            self._running = running
            self.running_changed.emit(running)
