"""A job in flight: the handle its owner holds, and the context its run function works with.

Threading contract: `run(spec, ctx)` executes on a lane's worker thread. `ctx.progress`,
`ctx.check` and `ctx.tokens` are the cancellation points; they raise `JobCancelled`. Events go to
one listener, in order, on the worker thread (the end of a job that is stopped while it waits comes
on the thread that stopped it); a window puts them into a buffer that its own timer
drains (`engine.jobs.buffer`).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.errors import EngineError, ErrorReport, JobCancelled
from engine.jobs.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Partial,
    Progress,
    Terminal,
    TokenChunk,
)
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.api import Resources

Listener = Callable[[Event], None]
JobState = Literal["queued", "running", "finished", "failed", "cancelled"]


class JobFailed(EngineError):
    """Raised by `Job.result` when the job failed; carries the job's own report."""

    code = "job-failed"

    def __init__(self, error: ErrorReport) -> None:
        super().__init__(error.message, error.hint, error.detail)
        self.error = error

    def report(self) -> ErrorReport:
        return self.error


class Job:
    """The owner's handle of a submitted spec.

    Attributes:
        id: Unique name.
        spec: What was asked.
        state: Where it is; changes on the worker thread, readable from any.
    """

    def __init__(self, spec: Spec, listener: Listener | None = None) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.spec = spec
        self.state: JobState = "queued"
        self._listener = listener
        self._turn = threading.Lock()
        self._cancel = threading.Event()
        self._done = threading.Event()
        self._end: Terminal | None = None

    def cancel(self) -> None:
        """Ask the job to stop. Safe to repeat.

        A running job stops at its next cancellation point; one that still waits for its lane
        ends here and now, with its terminal event published on the calling thread.
        """
        self._cancel.set()
        with self._turn:
            waiting = self.state == "queued"
            if waiting:
                self.state = "cancelled"
        if waiting:
            self.publish(Cancelled(job_id=self.id))

    def begin(self) -> bool:
        """Called by the lane when it takes the job up; False when it was stopped meanwhile."""
        with self._turn:
            if self.state != "queued":
                return False
            self.state = "running"
            return True

    @property
    def cancel_requested(self) -> bool:
        return self._cancel.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the terminal event; False when `timeout` seconds pass first."""
        return self._done.wait(timeout)

    def result(self, timeout: float | None = None) -> object:
        """Block for the result.

        Raises:
            JobFailed: The job failed.
            JobCancelled: It was stopped.
            TimeoutError: Not done within `timeout` seconds.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"job {self.id} is still running")
        if isinstance(self._end, Finished):
            return self._end.result
        if isinstance(self._end, Failed):
            raise JobFailed(self._end.error)
        raise JobCancelled

    def publish(self, event: Event) -> None:
        """Deliver an event to the listener (called by the lane and the context)."""
        if self._end is not None:
            raise RuntimeError(f"{type(event).__name__} after the terminal event of {self.id}")
        if isinstance(event, Terminal):
            self._end = event
        try:
            if self._listener is not None:
                self._listener(event)
        finally:
            if isinstance(event, Terminal):
                self._done.set()


@dataclass(frozen=True, slots=True)
class Rest:
    """What a run function returns when the rest of its work needs no model: the lane is free then.

    Attributes:
        work: The rest, on a thread of its own; gives the job's result. The context that it holds
            works as before.
    """

    work: Callable[[], object]


class JobContext:
    """What a run function gets beside its spec.

    Attributes:
        job_id: The job's name.
        resources: What the engine keeps between jobs: loaded models, store, folders.
    """

    PROGRESS_INTERVAL_S = 0.1

    def __init__(self, job: Job, resources: Resources) -> None:
        self._job = job
        self.job_id = job.id
        self.resources = resources
        self._last_progress = 0.0
        self._started = time.monotonic()

    @property
    def cancel_requested(self) -> bool:
        """For code that must not raise (a hook deep in a library may poll this)."""
        return self._job.cancel_requested

    def check(self) -> None:
        """The bare cancellation point. Raises `JobCancelled` when a stop was asked for."""
        if self._job.cancel_requested:
            raise JobCancelled

    def progress(self, fraction: float | None, text: str = "") -> None:
        """Report how far the job is, and stop here if asked to.

        Events are throttled to ten a second; the first and the last (1.0) always pass.
        """
        self.check()
        now = time.monotonic()
        ended = fraction is not None and fraction >= 1.0
        if not ended and now - self._last_progress < self.PROGRESS_INTERVAL_S:
            return
        self._last_progress = now
        remaining = None
        if fraction is not None and 0.02 <= fraction < 1.0:
            remaining = (now - self._started) * (1.0 - fraction) / fraction
        self._job.publish(
            Progress(job_id=self.job_id, fraction=fraction, text=text, remaining_s=remaining)
        )

    def partial(self, value: object) -> None:
        """Publish a finished part of the result. Commit it to the store first."""
        self._job.publish(Partial(job_id=self.job_id, value=value))

    def tokens(self, key: object, records: tuple[object, ...]) -> None:
        """Publish new tokens of one stream, and stop here if asked to."""
        self.check()
        if records:
            self._job.publish(TokenChunk(job_id=self.job_id, key=key, records=records))
