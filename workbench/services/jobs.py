"""Jobs for the window: submit a spec, get its events on the GUI thread, 25 times a second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.api import Engine
from engine.errors import ErrorReport
from engine.jobs.buffer import EventBuffer
from engine.jobs.events import Cancelled, Event, Failed, Finished, Progress, Started, Terminal
from engine.jobs.job import Job, JobState
from engine.jobs.spec import Spec
from workbench.services.engine_words import tell, tell_report

DRAIN_MS = 40
BUDGET_S = 0.010
KEPT_ROWS = 200
# Small questions that a page asks while one types; they would only be noise in the panel.
QUIET = frozenset({"count-tokens", "describe-model", "prune-live"})

EventHandler = Callable[[Event], None]


@dataclass(frozen=True)
class JobRow:
    """A job as the panel shows it.

    Attributes:
        id: The job's name.
        spec: What it does.
        state: Where it is.
        fraction: 0…1, or None when no total is known.
        step: What it does now, in the engine's words.
        remaining_s: Estimate of the seconds left, or None.
        submitted_at, started_at, ended_at: Seconds of `time.monotonic`, or None.
        stopping: A stop was asked for and has not taken effect yet.
        error: Why it failed, or None.
    """

    id: str
    spec: Spec
    state: JobState = "queued"
    fraction: float | None = None
    step: str = ""
    remaining_s: float | None = None
    submitted_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    stopping: bool = False
    error: ErrorReport | None = None

    @property
    def title(self) -> str:
        """Its human name, in the language of the window."""
        return tell(self.spec.title())

    @property
    def step_text(self) -> str:
        """What it does now, in the language of the window."""
        return tell(self.step)

    @property
    def error_text(self) -> str:
        """Why it failed and what to do, in the language of the window."""
        return "" if self.error is None else str(tell_report(self.error))

    @property
    def active(self) -> bool:
        """Queued or running."""
        return self.state in ("queued", "running")


class JobService(QObject):
    """Carries events from worker threads to the GUI thread and keeps the list of jobs.

    Signals:
        event(str, object): Job id and `Event`, in order, on the GUI thread.
        row_added(str), row_changed(str), row_removed(str): The panel's rows, by job id.
        activity_changed(): The set of active jobs, or the progress of one, changed.
    """

    event = Signal(str, object)
    row_added = Signal(str)
    row_changed = Signal(str)
    row_removed = Signal(str)
    activity_changed = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._buffer = EventBuffer()
        self._pending: deque[Event] = deque()
        self._jobs: dict[str, Job] = {}
        self._rows: dict[str, JobRow] = {}
        self._handlers: dict[str, EventHandler] = {}
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self._drain)

    def submit(self, spec: Spec, on_event: EventHandler | None = None) -> Job:
        """Queue a spec.

        After `shutdown` nothing is queued: a page whose timer fires while the program closes gets
        a job that is cancelled and stays silent.

        Args:
            spec: What to do.
            on_event: Called with every event of this job, on the GUI thread.

        Raises:
            EngineError: The spec cannot be run as it is (`BadSpec`, `PromptError`).
        """
        if self._closed:
            return _never(spec)
        job = self._engine.submit(spec, self._buffer.put)
        self._jobs[job.id] = job
        if on_event is not None:
            self._handlers[job.id] = on_event
        self._timer.start()
        if spec.kind not in QUIET:
            self._rows[job.id] = JobRow(job.id, spec, submitted_at=time.monotonic())
            self.row_added.emit(job.id)
            self.activity_changed.emit()
        return job

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop; it does at its next cancellation point."""
        job, row = self._jobs.get(job_id), self._rows.get(job_id)
        if job is None:
            return
        job.cancel()
        if row is not None:
            self._replace(replace(row, stopping=True))

    def cancel_all(self) -> None:
        """Ask every active job to stop."""
        for row in self.active():
            self.cancel(row.id)

    def row(self, job_id: str) -> JobRow | None:
        """A job's row; None when it is no longer kept."""
        return self._rows.get(job_id)

    def rows(self) -> tuple[JobRow, ...]:
        """Every kept job, oldest first."""
        return tuple(self._rows.values())

    def active(self) -> tuple[JobRow, ...]:
        """Queued and running jobs, oldest first."""
        return tuple(row for row in self._rows.values() if row.active)

    def busy(self) -> bool:
        """Whether any job that the panel shows is queued or running."""
        return bool(self.active())

    def clear_ended(self) -> None:
        """Forget the rows of jobs that have ended."""
        for row in self.rows():
            if not row.active:
                self._forget(row.id)

    def shutdown(self) -> None:
        """Stop delivering events and taking jobs; handlers are dropped."""
        self._closed = True
        self._timer.stop()
        self._handlers.clear()
        self._pending.clear()

    def _drain(self) -> None:
        """Deliver what has come, but give the window its turn after ten milliseconds.

        While events still wait here, new ones stay in the buffer, which joins them.
        """
        if not self._pending:
            self._pending.extend(self._buffer.drain())
        until = time.monotonic() + BUDGET_S
        while self._pending:
            self._deliver(self._pending.popleft())
            if time.monotonic() > until:
                break
        if not self._jobs and not self._pending:
            self._timer.stop()

    def _deliver(self, event: Event) -> None:
        row = self._rows.get(event.job_id)
        if row is not None:
            self._replace(_advance(row, event))
        handler = self._handlers.get(event.job_id)
        if isinstance(event, Terminal):
            self._jobs.pop(event.job_id, None)
            self._handlers.pop(event.job_id, None)
        try:
            if handler is not None:
                handler(event)
        finally:
            self.event.emit(event.job_id, event)
            if isinstance(event, Terminal):
                self.activity_changed.emit()
                self._trim()

    def _replace(self, row: JobRow) -> None:
        if self._rows.get(row.id) != row:
            self._rows[row.id] = row
            self.row_changed.emit(row.id)
            self.activity_changed.emit()

    def _trim(self) -> None:
        ended = [row.id for row in self._rows.values() if not row.active]
        for job_id in ended[: max(0, len(self._rows) - KEPT_ROWS)]:
            self._forget(job_id)

    def _forget(self, job_id: str) -> None:
        self._rows.pop(job_id, None)
        self.row_removed.emit(job_id)


def _never(spec: Spec) -> Job:
    """A job that ended before it could begin."""
    job = Job(spec)
    job.cancel()
    return job


def _advance(row: JobRow, event: Event) -> JobRow:
    """The row after an event."""
    match event:
        case Started(at=at):
            return replace(row, state="running", started_at=at)
        case Progress(fraction=fraction, text=text, remaining_s=remaining):
            return replace(row, fraction=fraction, step=text, remaining_s=remaining)
        case Finished(at=at):
            return replace(row, state="finished", fraction=1.0, remaining_s=None, ended_at=at)
        case Failed(at=at, error=error):
            return replace(row, state="failed", remaining_s=None, ended_at=at, error=error)
        case Cancelled(at=at):
            return replace(row, state="cancelled", remaining_s=None, ended_at=at)
    return row
