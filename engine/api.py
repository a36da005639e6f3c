"""The one door to the engine, for the window and the command line alike. Free of torch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.jobs.job import Job, Listener
from engine.jobs.lanes import Lane, LaneLike, make_files_lane
from engine.jobs.spec import FILES_LANE, Spec
from engine.paths import Paths

if TYPE_CHECKING:
    from engine.models.residency import Residency, StateListener
    from engine.models.spec import LoadedInfo, ModelEntry
    from engine.store.project import Project


@dataclass
class Resources:
    """What the engine keeps between jobs. Owned by `Engine`, reached by jobs through `ctx`.

    Attributes:
        paths: Folders for data, cache, settings.
        model_folders: Folders in which the catalog looks for local models.
        project: The open project file, or None (then nothing is stored).
    """

    paths: Paths
    model_folders: tuple[Path, ...] = ()
    project: Project | None = None
    _residency: Residency | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def residency(self) -> Residency:
        """Loaded models. Any thread may look and listen; only a lane may load (imports torch)."""
        from engine.models.residency import Residency

        with self._lock:
            if self._residency is None:
                self._residency = Residency(self)
            return self._residency


class Engine:
    """Submits specs to lanes and keeps what jobs share.

    Args:
        paths: Where to keep files; None = the platform's user folders.
        project: An open project whose runs are stored; None = keep nothing.
        model_folders: More folders with local models.
    """

    def __init__(
        self,
        paths: Paths | None = None,
        project: Project | None = None,
        model_folders: tuple[Path, ...] = (),
    ) -> None:
        self.resources = Resources(paths or Paths.default(), model_folders, project)
        self._lanes: dict[str, LaneLike] = {}
        self._jobs: dict[str, Job] = {}
        self._lock = threading.RLock()  # a listener of `Queued` may look at the jobs
        self._closed = False

    def submit(self, spec: Spec, listener: Listener | None = None) -> Job:
        """Check the spec and queue it on its lane.

        Args:
            spec: What to do.
            listener: Called with every event, on the worker thread.

        Raises:
            BadSpec, PromptError: The spec cannot be run as it is.
        """
        spec.check()
        job = Job(spec, listener)
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            self._jobs = {name: old for name, old in self._jobs.items() if not old.wait(0)}
            self._jobs[job.id] = job
            # Inside the lock: a closing engine must not end the lane between the two.
            self._lane(spec.lane).put(job)
        return job

    def active_jobs(self) -> tuple[Job, ...]:
        """Jobs that are queued or running."""
        with self._lock:
            return tuple(job for job in self._jobs.values() if not job.wait(0))

    def cancel_all(self) -> None:
        """Ask every queued or running job to stop."""
        for job in self.active_jobs():
            job.cancel()

    def models(self) -> tuple[ModelEntry, ...]:
        """Every model the catalog knows: teaching models, local folders, the hub cache."""
        from engine.models.catalog import list_models

        return list_models(self.resources)

    def loaded(self) -> tuple[LoadedInfo, ...]:
        """The models that are really in memory now."""
        residency = self.resources._residency
        return residency.loaded() if residency is not None else ()

    def listen(self, listener: StateListener) -> Callable[[], None]:
        """Be told of every change of a model's state, on the thread that made it.

        Returns:
            What to call to be told no longer.
        """
        return self.resources.residency.listen(listener)

    def set_idle_unload(self, seconds: float | None) -> None:
        """Free models that were unused for so long, from now on; None = never."""
        self.resources.residency.idle_seconds = seconds

    def close(self, timeout: float = 3.0) -> bool:
        """Cancel everything and end the lanes; False if a thread is still busy after `timeout`."""
        with self._lock:
            self._closed = True
            lanes = list(self._lanes.values())
        self.cancel_all()
        closed = [lane.close(timeout) for lane in lanes]  # every lane, whatever the first says
        if self.resources._residency is not None:
            self.resources._residency.close()
        return all(closed)

    def use_lane(self, lane: LaneLike) -> None:
        """Run the jobs of `lane.name` there from now on, e.g. on a `RayLane`."""
        with self._lock:
            if lane.name in self._lanes:
                raise RuntimeError(f"the lane {lane.name} is already in use")
            self._lanes[lane.name] = lane

    def _lane(self, name: str) -> LaneLike:
        if name not in self._lanes:
            make = make_files_lane if name == FILES_LANE else None
            self._lanes[name] = make(self.resources) if make else Lane(name, self.resources)
        return self._lanes[name]
