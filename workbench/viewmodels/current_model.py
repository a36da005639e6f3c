"""The model that every page works with: which one, its real state, and loading it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

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
        entries_changed(): The catalog was read again.
    """

    changed = Signal()
    chosen = Signal()
    loaded = Signal(object)
    entries_changed = Signal()

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
        self.ref = ModelRef()
        self.state: LoadState = "unloaded"
        self.info: LoadedInfo | None = None
        self.error: ErrorReport | None = None
        self.step = ""
        self.fraction: float | None = None
        self.entries: tuple[ModelEntry, ...] = ()
        jobs.event.connect(self._job_event)

    def choose(self, ref: ModelRef) -> None:
        """Make `ref` the current model. Loads nothing by itself."""
        if ref == self.ref:
            return
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
        self.state, self.error, self.step, self.fraction = "loading", None, "", None
        self._job = self._jobs.submit(LoadModelSpec(self.ref), self._load_event)
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
            case Cancelled():
                self._job, self.state, self.info = None, "unloaded", None
                self.sync()
            case _:
                return
        self.changed.emit()

    def _take_loaded(self, info: LoadedInfo) -> None:
        if _same_load(info.ref, self.ref):
            self.state, self.info = "loaded", info
        elif self.state == "loading":
            self.state = "unloaded"
        self.loaded.emit(info)

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
