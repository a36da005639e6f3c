"""Which models are in memory: shared by jobs, freed on demand, when idle, or to make room.

The model lane loads, leases and unloads, and a clock frees what is idle; any thread may ask what
is loaded and is answered at once: memory is freed and listeners are told outside the lock. The
state told is the real one: ``"loaded"`` follows the load, ``"unloaded"`` follows the release.
Importing this module is light; loading a model imports torch.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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

log = logging.getLogger(__name__)

StateListener = Callable[["ModelRef", "LoadState"], None]
IDLE_SECONDS: Final = 30 * 60.0
CLOCK_END_S = 2.0  # a cancelled timer ends at once; a busy machine may take a moment


@dataclass
class _Place:
    """One loaded model with its leases."""

    loaded: LoadedModel
    leases: int = 0
    last_used: float = field(default_factory=time.monotonic)

    @property
    def info(self) -> LoadedInfo:
        """As loaded, with what is kept beside it by now."""
        return replace(self.loaded.info, kept_bytes=self.loaded.kept.bytes)


class Residency:
    """The models in memory.

    Args:
        resources: Where models are looked for.
        idle_seconds: An unleased model unused for so long is freed; None or 0 = never. May be
            changed at any time, also for the models that are in memory already.
    """

    def __init__(self, resources: Resources, idle_seconds: float | None = IDLE_SECONDS) -> None:
        self._resources = resources
        self._idle_seconds = idle_seconds or None
        self._places: dict[ModelRef, _Place] = {}
        self._listeners: list[StateListener] = []
        self._lock = threading.RLock()
        self._loading = threading.Lock()
        self._clock: threading.Timer | None = None

    @property
    def idle_seconds(self) -> float | None:
        """After how long an unused model is freed; None = never."""
        return self._idle_seconds

    @idle_seconds.setter
    def idle_seconds(self, seconds: float | None) -> None:
        with self._lock:
            self._idle_seconds = seconds or None
            self._wind_up()

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
            return tuple(place.info for place in self._places.values())

    def get(self, ref: ModelRef) -> LoadedInfo | None:
        """The information of one loaded model, or None."""
        with self._lock:
            place = self._places.get(ref)
            return place.info if place else None

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
            taken = self._take_out([name for name in free if not self._places[name].leases])
        return self._release(taken)

    def sweep(self, now: float | None = None) -> tuple[ModelRef, ...]:
        """Free the models that were idle too long; returns them. Waits while a model loads.

        Args:
            now: Seconds of `time.monotonic`; None = now.
        """
        moment = time.monotonic() if now is None else now
        with self._loading:  # or a load of the same model could be told before this release
            with self._lock:
                taken = self._take_out([name for name, due in self._due().items() if due <= moment])
                self._wind_up()
            return self._release(taken)

    def close(self) -> None:
        """Stop the clock, wait for it, and free everything that no job holds."""
        with self._lock:
            clock = self._clock
        self.idle_seconds = None
        self.unload()
        if clock is not None and clock is not threading.current_thread():
            clock.join(CLOCK_END_S)

    def _due(self) -> dict[ModelRef, float]:
        """When each unleased model will have been idle for too long."""
        if self._idle_seconds is None:
            return {}
        return {
            name: place.last_used + self._idle_seconds
            for name, place in self._places.items()
            if not place.leases
        }

    def _wind_up(self) -> None:
        """(Re)start the clock that sweeps when the first model has been idle for long enough."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        due = min(self._due().values(), default=None)
        if due is not None:
            self._clock = threading.Timer(max(0.0, due - time.monotonic()), self.sweep)
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
        """A plan that fits, freeing idle models (the longest unused first) until it does.

        What is kept beside them for a next question goes before any model does.
        """
        plan = plan_load(ref, self._resources)
        if not plan.forecast.fits and self._drop_spare():
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
                taken = self._take_out(idle[:1])
            self._release(taken)
            plan = plan_load(ref, self._resources)
        plan.refuse_if_too_large()
        return plan

    def _drop_spare(self) -> bool:
        """Let go of what can be computed again beside idle models; whether there was any."""
        with self._lock:
            idle = [place.loaded for place in self._places.values() if not place.leases]
        freed = sum(loaded.kept.drop_spare() for loaded in idle)
        if freed:
            give_back()
        return bool(freed)

    def _take_out(self, refs: list[ModelRef]) -> dict[ModelRef, _Place]:
        """Under the lock: they are loaded no longer, and nobody else holds them."""
        return {ref: self._places.pop(ref) for ref in refs}

    def _release(self, taken: dict[ModelRef, _Place]) -> tuple[ModelRef, ...]:
        """Outside the lock: freeing may take a while, and listeners may do anything."""
        refs = tuple(taken)
        taken.clear()  # the tensors are gone with their last reference
        if refs:
            give_back()
        for ref in refs:
            self._tell(ref, "unloaded")
        return refs

    def _tell(self, ref: ModelRef, state: LoadState) -> None:
        """Tell every listener; one that raises is logged and costs no lease and no other's news."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(ref, state)
            except Exception:
                log.exception("a listener of the models raised")
