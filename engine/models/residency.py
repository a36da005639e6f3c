"""Which models are in memory: shared by jobs, freed on demand, when idle, or to make room.

The model lane loads, leases and unloads; any thread may ask what is loaded. The state told to
listeners is the real one: ``"loaded"`` follows the load, ``"unloaded"`` follows the release.
Importing this module is light; loading a model imports torch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from engine.errors import BadSpec, JobCancelled
from engine.models.loaded import LoadedModel
from engine.models.plan import LoadPlan, plan_load
from engine.models.release import give_back

if TYPE_CHECKING:
    from engine.api import Resources
    from engine.jobs.job import JobContext
    from engine.models.reference import ModelRef
    from engine.models.spec import LoadedInfo, LoadState

StateListener = Callable[["ModelRef", "LoadState"], None]
IDLE_SECONDS: Final = 30 * 60.0


@dataclass
class _Place:
    """One loaded model with its leases."""

    loaded: LoadedModel
    leases: int = 0
    last_used: float = field(default_factory=time.monotonic)


class Residency:
    """The models in memory.

    Args:
        resources: Where models are looked for.
        idle_seconds: An unleased model unused for so long is freed at the next `sweep`;
            None = never.
    """

    def __init__(self, resources: Resources, idle_seconds: float | None = IDLE_SECONDS) -> None:
        self._resources = resources
        self.idle_seconds = idle_seconds
        self._places: dict[ModelRef, _Place] = {}
        self._listeners: list[StateListener] = []
        self._lock = threading.RLock()
        self._loading = threading.Lock()
        self._clock: threading.Timer | None = None

    @contextmanager
    def lease(self, ref: ModelRef, ctx: JobContext | None = None) -> Iterator[LoadedModel]:
        """The model, loaded if need be; it is not freed while leased.

        Args:
            ref: Which model and how. Equal references share one load.
            ctx: The job: its cancellation point and progress are used while loading.

        Raises:
            ModelLoadError, UnsupportedModel, DoesNotFit, DeviceOutOfMemory: As loading does.
        """
        with self._loading:
            place = self._take(ref) or self._load(ref, ctx)
        try:
            yield place.loaded
        finally:
            with self._lock:
                place.leases -= 1
                place.last_used = time.monotonic()
                self._wind_up()

    def loaded(self) -> tuple[LoadedInfo, ...]:
        """What is really in memory, in the order of loading."""
        with self._lock:
            return tuple(place.loaded.info for place in self._places.values())

    def get(self, ref: ModelRef) -> LoadedInfo | None:
        """The information of one loaded model, or None."""
        with self._lock:
            place = self._places.get(ref)
            return place.loaded.info if place else None

    def unload(self, ref: ModelRef | None = None) -> tuple[ModelRef, ...]:
        """Free a model (None = every unleased one); returns what was freed.

        Raises:
            BadSpec: The named model is in use.
        """
        with self._lock:
            if ref is not None and ref in self._places and self._places[ref].leases:
                raise BadSpec(f"The model “{ref.id}” is in use.", "Stop its job first.")
            wanted = list(self._places) if ref is None else [ref]
            free = [name for name in wanted if name in self._places]
            return self._release([name for name in free if not self._places[name].leases])

    def sweep(self, now: float | None = None) -> tuple[ModelRef, ...]:
        """Free the models that were idle too long; returns them.

        Args:
            now: Seconds of `time.monotonic`; None = now.
        """
        if self.idle_seconds is None:
            return ()
        moment = time.monotonic() if now is None else now
        with self._lock:
            idle = [
                name
                for name, place in self._places.items()
                if not place.leases and moment - place.last_used >= self.idle_seconds
            ]
            return self._release(idle)

    def close(self) -> None:
        """Stop the clock and free everything that no job holds."""
        with self._lock:
            self.idle_seconds = None
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None
        self.unload()

    def _wind_up(self) -> None:
        """(Re)start the clock that sweeps once the models have been idle for long enough."""
        if self._clock is not None:
            self._clock.cancel()
        if self.idle_seconds is not None:
            self._clock = threading.Timer(self.idle_seconds, self.sweep)
            self._clock.daemon = True
            self._clock.name = "lathe-idle-models"
            self._clock.start()

    def listen(self, listener: StateListener) -> Callable[[], None]:
        """Be told of every change of state, on the thread that made it; returns "stop telling"."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def _take(self, ref: ModelRef) -> _Place | None:
        with self._lock:
            place = self._places.get(ref)
            if place is not None:
                place.leases += 1
            return place

    def _load(self, ref: ModelRef, ctx: JobContext | None) -> _Place:
        from engine.models.loading import load_planned

        self._tell(ref, "loading")
        try:
            if ctx is not None:
                ctx.progress(0.0, f"Loading {ref.id}")
            plan = self._make_room(ref)
            if ctx is None:
                loaded = load_planned(plan)
            else:
                loaded = load_planned(plan, ctx.check, ctx.progress)
        except BaseException as error:  # the state must stay true, whatever went wrong
            self._tell(ref, "unloaded" if isinstance(error, JobCancelled) else "failed")
            raise
        place = _Place(loaded, leases=1)
        with self._lock:
            self._places[ref] = place
        self._tell(ref, "loaded")
        return place

    def _make_room(self, ref: ModelRef) -> LoadPlan:
        """A plan that fits, freeing idle models (the longest unused first) until it does."""
        plan = plan_load(ref, self._resources)
        while not plan.forecast.fits:
            with self._lock:
                idle = [name for name, place in self._places.items() if not place.leases]
                idle = [
                    name for name in idle if self._places[name].loaded.info.device == plan.device
                ]
                idle.sort(key=lambda name: self._places[name].last_used)
                if not idle:
                    break
                self._release(idle[:1])
            plan = plan_load(ref, self._resources)
        plan.refuse_if_too_large()
        return plan

    def _release(self, refs: list[ModelRef]) -> tuple[ModelRef, ...]:
        for ref in refs:
            self._places.pop(ref)
        if refs:  # the tensors are gone with their last reference
            give_back()
        for ref in refs:
            self._tell(ref, "unloaded")
        return tuple(refs)

    def _tell(self, ref: ModelRef, state: LoadState) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(ref, state)
