"""The model that every page works with: which one, its real state, and loading it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from engine.api import Engine
from engine.errors import ErrorReport
from engine.jobs.events import Cancelled, Event, Failed, Finished, Progress, Terminal
from engine.jobs.job import Job
from engine.jobs.spec import from_plain, to_plain
from engine.models.reference import LoadOptions, ModelRef
from engine.models.spec import LoadedInfo, LoadModelSpec, LoadState, ModelEntry, UnloadModelSpec
from workbench.services.background import Background
from workbench.services.jobs import JobService


class CurrentModel(QObject):
    """Shared by the model bar and the pages.

    Attributes:
        ref: The chosen model and how to load it.
        state: Real state: ``"unloaded"``, ``"loading"``, ``"loaded"``, ``"failed"``.
        info: What is loaded, when `state` is ``"loaded"``.
        error: Why the last load failed, when `state` is ``"failed"``.
        step: What loading does now, in words.
        fraction: How far loading is, 0…1, or None.
        entries: Every model the catalog knows.

    Signals:
        changed(): Any of the above changed.
        chosen(): Another model (or other load options) was chosen.
        loaded(object): `LoadedInfo` of a load that ended well.
        kept(object): A load failed with this `ErrorReport`; the model before it is current again.
        entries_changed(): The catalog was read again.
    """

    changed = Signal()
    chosen = Signal()
    loaded = Signal(object)
    kept = Signal(object)
    entries_changed = Signal()
    _told = Signal(object, str)

    def __init__(
        self,
        engine: Engine,
        jobs: JobService,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._jobs = jobs
        self._background = background
        self._job: Job | None = None
        self._readings = 0
        self._stop_listening: Callable[[], None] | None = None
        self._closed = False
        self._last_good: ModelRef | None = None
        self.ref = ModelRef()
        self.state: LoadState = "unloaded"
        self.info: LoadedInfo | None = None
        self.error: ErrorReport | None = None
        self.step = ""
        self.fraction: float | None = None
        self.entries: tuple[ModelEntry, ...] = ()
        jobs.event.connect(self._job_event)
        self._told.connect(self._take_told, Qt.ConnectionType.QueuedConnection)

    def follow(self) -> None:
        """Be told by the engine of loads and unloads, whoever makes them, until `close`."""
        self._background.run(partial(self._engine.listen, self._hear), self._following)

    def close(self) -> None:
        """Follow the engine no longer: it may tell after the window is gone."""
        self._closed = True
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    def set_idle_minutes(self, minutes: int) -> None:
        """Free models that were unused for so long; 0 = never."""
        seconds = minutes * 60.0 if minutes > 0 else None
        self._background.run(partial(self._engine.set_idle_unload, seconds), self._idle_set)

    @property
    def can_stop(self) -> bool:
        """Whether the load that is shown is our own; one that a job makes ends with that job."""
        return self._job is not None

    def choose(self, ref: ModelRef) -> None:
        """Make `ref` the current model. Loads nothing by itself."""
        if ref == self.ref:
            return
        if self.state == "loaded":
            self._last_good = self.ref
        self.ref = ref
        self._job = None  # a load of another model that is under way is no longer ours to show
        self.error, self.info, self.step, self.fraction = None, None, "", None
        self.state = "unloaded"
        self.chosen.emit()
        self.sync()
        self.changed.emit()

    def choose_id(self, model_id: str) -> None:
        """Make the model of this name current; load options are kept where they make sense."""
        if model_id == self.ref.id:
            return
        entry = next((entry for entry in self.entries if entry.id == model_id), None)
        options = replace(
            self.ref.options,
            context_length=None,
            allow_pickle=False,
            trust_remote_code=False,
            gguf_file=None,
        )
        self.choose(ModelRef(model_id, entry.revision if entry else None, options))

    def load(self) -> Job:
        """Load the current model, unless that is under way already.

        Raises:
            EngineError: The spec cannot be run as it is.
        """
        if self._job is not None and self.state == "loading":
            return self._job
        self._job = self._jobs.submit(LoadModelSpec(self.ref), self._load_event)
        self.state, self.error, self.step, self.fraction = "loading", None, "", None
        self.changed.emit()
        return self._job

    def stop_loading(self) -> None:
        """Ask a running load to stop."""
        if self._job is not None:
            self._jobs.cancel(self._job.id)

    def unload(self) -> Job:
        """Free the current model's memory."""
        return self._jobs.submit(UnloadModelSpec(self.ref))

    def sync(self) -> None:
        """Take the real state from the engine: jobs load models, idle time unloads them."""
        if self._job is not None:
            return
        found = next(
            (info for info in self._engine.loaded() if _same_load(info.ref, self.ref)), None
        )
        state: LoadState = "loaded" if found else self.state
        if found is None and state == "loaded":
            state = "unloaded"
        if (state, found) != (self.state, self.info):
            self.state, self.info = state, found
            self.changed.emit()

    def refresh_entries(self) -> None:
        """Read the catalog again, off the GUI thread. Of several readings the last one counts."""
        self._readings += 1
        number = self._readings

        def take(entries: tuple[ModelEntry, ...]) -> None:
            if number == self._readings:
                self._take_entries(entries)

        self._background.run(self._engine.models, take)

    def set_folders(self, folders: tuple[str, ...]) -> None:
        """Look for models in these folders too."""
        self._engine.resources.model_folders = tuple(Path(folder) for folder in folders)
        self.refresh_entries()

    def save_state(self) -> dict[str, object]:
        """The choice, JSON-ready; one-time consents are not remembered."""
        options = replace(self.ref.options, allow_pickle=False, trust_remote_code=False)
        return {"ref": to_plain(replace(self.ref, options=options))}

    def restore_state(self, state: dict[str, object]) -> None:
        """Bring back a choice; raises `BadSpec` when it is not one."""
        ref = from_plain(state.get("ref", {}), ModelRef)
        options = replace(ref.options, allow_pickle=False, trust_remote_code=False)
        self.choose(replace(ref, options=options))

    def _take_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        if entries != self.entries:
            self.entries = entries
            self.entries_changed.emit()

    def _load_event(self, event: Event) -> None:
        if self._job is None or event.job_id != self._job.id:
            return
        match event:
            case Progress(fraction=fraction, text=text):
                self.fraction, self.step = fraction, text
            case Finished(result=result):
                self._job = None
                self.sync()
                if isinstance(result, LoadedInfo):
                    self._take_loaded(result)
            case Failed(error=error):
                self._job, self.state, self.info, self.error = None, "failed", None, error
                self.changed.emit()
                self._fall_back(error)
                return
            case Cancelled():
                self._job, self.state, self.info = None, "unloaded", None
                self.sync()
            case _:
                return
        self.changed.emit()

    def _fall_back(self, error: ErrorReport) -> None:
        """A model that cannot be loaded does not replace the one that works."""
        kept = self._last_good
        if kept is None or kept == self.ref:
            return
        if any(_same_load(info.ref, kept) for info in self._engine.loaded()):
            self.choose(kept)
            self.kept.emit(error)

    def _take_loaded(self, info: LoadedInfo) -> None:
        if _same_load(info.ref, self.ref):
            self.state, self.info = "loaded", info
        elif self.state == "loading":
            self.state = "unloaded"
        self.loaded.emit(info)

    def _hear(self, ref: ModelRef, state: LoadState) -> None:
        """On the thread that made the change: carry it to the window's."""
        if not self._closed:
            self._told.emit(ref, state)

    def _following(self, stop: Callable[[], None]) -> None:
        self._stop_listening = stop
        self.sync()

    def _idle_set(self, _done: None) -> None:
        """Nothing to show: the clock of the models was set."""

    def _take_told(self, ref: ModelRef, state: LoadState) -> None:
        """A change that a job or the clock made; our own load tells by its own events."""
        if self._closed:
            return
        if self._job is None and _same_load(ref, self.ref):
            self.state, self.info, self.error = state, None, None
            self.step, self.fraction = "", None
        self.sync()
        self.changed.emit()

    def _job_event(self, _job_id: str, event: Event) -> None:
        if isinstance(event, Terminal):
            self.sync()


def _same_load(first: ModelRef, second: ModelRef) -> bool:
    """Whether two refs name the same load; consents do not make it another one."""

    def key(ref: ModelRef) -> tuple[str, str | None, LoadOptions]:
        return (
            ref.id,
            ref.revision,
            replace(ref.options, allow_pickle=False, trust_remote_code=False),
        )

    return key(first) == key(second)
