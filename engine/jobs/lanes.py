"""Lanes: worker threads that run jobs, one serial lane per device and a small pool for files.

A model, its hooks and its weights belong to one lane, so nothing else can touch them. A lane
lowers its own scheduling priority and leaves one core to the window: measured, this is what keeps
frames under 33 ms while a model decodes on a CPU.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from engine.errors import JobCancelled, as_memory_error, describe
from engine.jobs.events import Cancelled, Failed, Finished, Queued, Started
from engine.jobs.job import Job, JobContext, JobState, Rest
from engine.jobs.registry import run_function
from engine.jobs.spec import FILES_LANE

if TYPE_CHECKING:
    from engine.api import Resources

log = logging.getLogger(__name__)

NICE_STEP = 10
FILE_WORKERS = 2


class LaneLike(Protocol):
    """What the engine needs of a lane: threads here, or a cluster's worker elsewhere."""

    name: str

    def put(self, job: Job) -> None:
        """Queue a job; publishes `Queued` at once."""

    def close(self, timeout: float | None = None) -> bool:
        """End after the jobs in the queue; False if one is still busy after `timeout`."""


class Lane:
    """A queue of jobs and the threads that work it off, in order of submission.

    Args:
        name: Shown in thread names and stack dumps, e.g. ``"cpu"``.
        resources: Handed to every run function through its context.
        workers: Threads; 1 makes the lane serial.
    """

    def __init__(self, name: str, resources: Resources, workers: int = 1) -> None:
        self.name = name
        self._resources = resources
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._rests: set[threading.Thread] = set()
        self._threads = [
            threading.Thread(target=self._work, name=f"lathe-{name}-{n}", daemon=True)
            for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, job: Job) -> None:
        """Queue a job; its `Queued` event is published at once."""
        job.publish(Queued(job_id=job.id))
        self._queue.put(job)

    def close(self, timeout: float | None = None) -> bool:
        """End the threads after the jobs in the queue; False if one is still busy after `timeout`.

        Cancel the jobs first to make this quick.
        """
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(timeout)
        rests = tuple(self._rests)
        for thread in rests:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in (*self._threads, *rests))

    def _work(self) -> None:
        lower_priority()
        while (job := self._queue.get()) is not None:
            try:
                self._run(job)
            except Exception:
                # Only a listener can raise here; the next job must not pay for it.
                log.exception("a listener of job %s raised", job.id)
            del job  # a finished job's result must not live on in an idle thread

    def _run(self, job: Job) -> None:
        if not job.begin():
            return
        job.publish(Started(job_id=job.id))
        self._work_off(
            job, lambda: run_function(job.spec.kind)(job.spec, JobContext(job, self._resources))
        )

    def _work_off(self, job: Job, work: Callable[[], object]) -> None:
        end: Finished | Failed | Cancelled
        try:
            result = work()
            if isinstance(result, Rest):
                self._leave(job, result.work)
                return
            end = Finished(job_id=job.id, result=result)
        except JobCancelled:
            end = Cancelled(job_id=job.id)
        except BaseException as error:  # noqa: BLE001 - the lane must outlive any job
            end = Failed(job_id=job.id, error=describe(as_memory_error(error)))
        if not isinstance(end, Finished):
            free_memory()
        job.state = STATE_OF[type(end)]
        job.publish(end)

    def _leave(self, job: Job, work: Callable[[], object]) -> None:
        """Let a job end on a thread of its own, and go on with the next."""
        thread = threading.Thread(
            target=self._end_elsewhere, args=(job, work), name=f"lathe-{self.name}-rest"
        )
        thread.daemon = True
        self._rests.add(thread)
        thread.start()

    def _end_elsewhere(self, job: Job, work: Callable[[], object]) -> None:
        lower_priority()
        try:
            self._work_off(job, work)
        except Exception:
            log.exception("a listener of job %s raised", job.id)
        self._rests.discard(threading.current_thread())


STATE_OF: dict[type, JobState] = {
    Finished: "finished",
    Failed: "failed",
    Cancelled: "cancelled",
}


def lower_priority() -> None:
    """Lower the calling thread's scheduling priority and leave one core to the window."""
    try:
        if sys.platform == "linux":
            thread = threading.get_native_id()
            now = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, min(19, now + NICE_STEP))
        elif sys.platform == "win32":
            import ctypes

            below_normal = -1
            kernel = ctypes.windll.kernel32
            kernel.SetThreadPriority(kernel.GetCurrentThread(), below_normal)
    except OSError:
        return  # a sandbox may forbid it; work goes on at normal priority


def free_memory() -> None:
    """Drop what a failed job left behind, on the device too (if torch was ever imported)."""
    if gc.isenabled():  # a window that pinned collection to its own thread collects there
        gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def make_files_lane(resources: Resources) -> Lane:
    """The pool for file, network and diff work."""
    return Lane(FILES_LANE, resources, FILE_WORKERS)
