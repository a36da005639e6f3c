"""The same specs on a Ray cluster: a lane whose jobs run in an actor, elsewhere.

Ray schedules, starts processes and moves bytes; this file only turns a submitted job into one
actor call and the actor's stream of events back into the job's. It needs the optional extra
``lathe-workbench[ray]``, and nothing imports it before a cluster is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError, describe
from engine.jobs.events import Event, Failed, Queued, Terminal
from engine.jobs.job import Job
from engine.jobs.lanes import STATE_OF
from engine.jobs.spec import FILES_LANE, decode, encode

if TYPE_CHECKING:
    from engine.api import Resources

POLL_S = 0.1


class ClusterError(EngineError):
    """Ray is not installed, or its cluster cannot be reached."""

    code = "cluster"


class EngineActor:
    """Lives in a Ray worker process and owns an engine of its own there.

    Args:
        root: Folder for the worker's own files; None = the platform's user folders.
        kinds: Job kinds to add to the registry, ``{kind: (spec target, run target)}``.
    """

    def __init__(self, root: str | None, kinds: dict[str, tuple[str, str]]) -> None:
        from engine.api import Engine
        from engine.jobs.registry import KINDS, Kind
        from engine.paths import Paths

        KINDS.update({name: Kind(*targets) for name, targets in kinds.items()})
        self._engine = Engine(Paths.below(Path(root)) if root else None)
        self._jobs: dict[str, Job] = {}

    def run(self, job_id: str, spec: str) -> Iterator[Event]:
        """Run a spec (as JSON) and yield its events, renamed to the caller's job id."""
        from dataclasses import replace
        from queue import SimpleQueue

        events: SimpleQueue[Event] = SimpleQueue()
        self._jobs[job_id] = self._engine.submit(decode(spec), events.put)
        try:
            while True:
                event = replace(events.get(), job_id=job_id)
                yield event
                if isinstance(event, Terminal):
                    return
        finally:
            del self._jobs[job_id]

    def cancel(self, job_id: str) -> None:
        """Ask a running job to stop; unknown ids are already done."""
        if job_id in self._jobs:
            self._jobs[job_id].cancel()


class RayLane:
    """A lane with the same two methods as `engine.jobs.lanes.Lane`, on a Ray cluster.

    Args:
        name: The lane's name; the model lane asks Ray for a GPU when the cluster has one.
        resources: Of the submitting side (only its file lane stays local).
        address: The cluster's address; None starts or joins a local one.
        actor_root: Folder below which the worker keeps its files.
        kinds: Extra job kinds for the worker.

    Raises:
        ClusterError: Ray is missing or the cluster does not answer.
    """

    def __init__(
        self,
        name: str,
        resources: Resources,
        address: str | None = None,
        actor_root: str | None = None,
        kinds: dict[str, tuple[str, str]] | None = None,
    ) -> None:
        self.name = name
        self._ray = _connected_ray(address)
        gpus = 1 if name != FILES_LANE and self._ray.cluster_resources().get("GPU") else 0
        actor = self._ray.remote(EngineActor).options(
            num_cpus=1, num_gpus=gpus, max_concurrency=2 if name != FILES_LANE else 4
        )
        self._actor = actor.remote(actor_root, kinds or {})
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()  # keeps a model lane serial, as a thread lane is

    def put(self, job: Job) -> None:
        """Queue a job; its events arrive on a thread of this lane."""
        job.publish(Queued(job_id=job.id))
        thread = threading.Thread(target=self._follow, args=(job,), name=f"lathe-ray-{job.id}")
        thread.daemon = True
        self._threads.add(thread)
        thread.start()

    def close(self, timeout: float | None = None) -> bool:
        """End the worker after the jobs in flight; False if one outlasts `timeout`."""
        for thread in list(self._threads):
            thread.join(timeout)
        alive = any(thread.is_alive() for thread in self._threads)
        self._ray.kill(self._actor)
        return not alive

    def _follow(self, job: Job) -> None:
        with self._lock:
            try:
                for event in self._events(job):
                    if isinstance(event, Terminal):
                        job.state = STATE_OF[type(event)]
                    if not isinstance(event, Queued):
                        job.publish(event)
            except Exception as error:  # noqa: BLE001 - whatever Ray raises ends the job
                job.state = "failed"
                job.publish(Failed(job_id=job.id, error=describe(error)))
        self._threads.discard(threading.current_thread())

    def _events(self, job: Job) -> Iterator[Event]:
        """The actor's events, polled so that a stop travels while the actor is silent."""
        if not job.begin():
            return
        run = self._actor.run.options(num_returns="streaming")
        stream = run.remote(job.id, encode(job.spec))
        told = False
        while True:
            ready, _ = self._ray.wait([stream], timeout=POLL_S, fetch_local=False)
            if job.cancel_requested and not told:
                self._actor.cancel.remote(job.id)
                told = True
            if ready:
                try:
                    yield self._ray.get(next(stream))
                except StopIteration:
                    return


def _connected_ray(address: str | None) -> Any:  # noqa: ANN401 - an optional, untyped library
    try:
        import ray
    except ImportError as error:
        raise ClusterError(
            "Ray is not installed, so jobs cannot run on a cluster.",
            "Install it with “pip install 'lathe-workbench[ray]'”, or run the jobs locally.",
        ) from error
    if not ray.is_initialized():
        try:
            ray.init(address=address, include_dashboard=False, log_to_driver=False)
        except (ConnectionError, ValueError) as error:
            raise ClusterError(
                f"The Ray cluster at {address or 'this machine'} does not answer.",
                "Check the address and that “ray status” works there.",
                detail=str(error),
            ) from error
    return ray
