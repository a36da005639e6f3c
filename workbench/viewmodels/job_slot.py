"""One job at a time whose newest question counts: what every part of a page that asks shares."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.jobs.events import Event, Failed, Finished, Partial, Progress, Terminal
from engine.jobs.spec import Spec
from workbench.viewmodels.jobs import JobHandle, Jobs


class JobSlot(QObject):
    """Submits specs; a newer one replaces the one in flight, whose events go nowhere then.

    Args:
        jobs: Where specs are submitted.
        keep_parts: Whether `parts` grows; a sweep publishes more than one would keep.

    Attributes:
        spec: What was asked last.
        result: What the last job that ended well returned; None before, and after `forget`.
        answered: The spec that `result` answers.
        parts: With `keep_parts`, what the job in flight, or the last one, has published so far.

    Signals:
        running_changed(bool): A job began (again when another replaces it), or the last one ended.
        progressed(object): A `Progress` event.
        part(object): The value of a `Partial` event.
        found(object): The result of the job, while it still counts as running.
        refused(object): An `ErrorReport`.
        changed(): `result`, `parts` or `running` changed.
        ended(): No job is in flight any more, however it went; comes last.
    """

    running_changed = Signal(bool)
    progressed = Signal(object)
    part = Signal(object)
    found = Signal(object)
    refused = Signal(object)
    changed = Signal()
    ended = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None, keep_parts: bool = False) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._keep_parts = keep_parts
        self._handle: JobHandle | None = None
        self._serial = 0
        self._running = False
        self.spec: Spec | None = None
        self.result: object = None
        self.answered: Spec | None = None
        self.parts: tuple[object, ...] = ()

    @property
    def running(self) -> bool:
        """Whether a job is in flight."""
        return self._running

    def start(self, spec: Spec) -> bool:
        """Ask; False (and `refused`) when the spec cannot run."""
        self.stop()
        self._handle = None
        self._serial += 1
        serial = self._serial
        self.spec, self.parts = spec, ()
        self._running = True
        self.running_changed.emit(True)
        try:
            handle = self._jobs.submit(spec, self._listener(serial))
        except EngineError as error:
            self.refused.emit(error.report())
            self._end()
            return False
        if serial == self._serial and self._running:
            self._handle = handle
            self.changed.emit()
        return True

    def stop(self) -> None:
        """Ask the job in flight to stop."""
        if self._handle is not None:
            self._jobs.cancel(self._handle.id)

    def forget(self) -> None:
        """Drop the result, and the job in flight: they are about something else now."""
        self.stop()
        self._serial += 1
        self.result, self.answered, self.parts = None, None, ()
        if self._running:
            self._end()
        else:
            self.changed.emit()

    def _listener(self, serial: int) -> Callable[[Event], None]:
        def hear(event: Event) -> None:
            if serial == self._serial and self._running:
                self._take(event)

        return hear

    def _take(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progressed.emit(event)
        elif isinstance(event, Partial):
            if self._keep_parts:
                self.parts = (*self.parts, event.value)
            self.part.emit(event.value)
            self.changed.emit()
        elif isinstance(event, Finished):
            self.result, self.answered = event.result, self.spec
            self.found.emit(event.result)
        elif isinstance(event, Failed):
            self.refused.emit(event.error)
        if isinstance(event, Terminal):
            self._end()

    def _end(self) -> None:
        self._handle = None
        self._running = False
        self.running_changed.emit(False)
        self.changed.emit()
        self.ended.emit()
