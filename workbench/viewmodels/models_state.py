"""The Models page without its widgets: what is selected, how it would load, what is in memory."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.api import Engine
from engine.errors import EngineError, ErrorReport
from engine.jobs.events import Cancelled, Event, Failed, Finished
from engine.jobs.job import Job
from engine.models.reference import LoadOptions, ModelRef
from engine.models.spec import (
    DescribeModelSpec,
    LoadedInfo,
    LoadState,
    ModelDescription,
    ModelEntry,
    UnloadModelSpec,
)
from workbench.services.background import Background
from workbench.services.jobs import JobService
from workbench.viewmodels.current_model import CurrentModel
from workbench.viewmodels.models_consents import Consents, consents_of
from workbench.viewmodels.models_table import Key, key_of

DEBOUNCE_MS: Final = 150


class ModelsState(QObject):
    """Selection, load options per model, the forecast, and the real state of every model.

    Attributes:
        selected: The entry in the details pane, or None.
        description: Anatomy and forecast of the selected model with its options; None until
            known. It stays while a new one is computed.
        describing: A description is asked for and has not come yet.
        error: Why the selected model cannot be looked at, or could not be loaded.

    Signals:
        selection_changed(): Another model is selected.
        options_changed(): The options of the selected model changed.
        description_changed(): `description`, `describing` or `error` changed.
        states_changed(): A model was loaded, unloaded, or is loading.
    """

    selection_changed = Signal()
    options_changed = Signal()
    description_changed = Signal()
    states_changed = Signal()

    def __init__(
        self,
        engine: Engine,
        jobs: JobService,
        current: CurrentModel,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._jobs = jobs
        self._current = current
        self._background = background
        self._options: dict[Key, LoadOptions] = {}
        self._errors: dict[Key, ErrorReport] = {}
        self._job: Job | None = None
        self._asked: ModelRef | None = None
        self._stale = False
        self._looking = False
        self._consents = Consents()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._describe)
        self.selected: ModelEntry | None = None
        self.description: ModelDescription | None = None
        self.describing = False
        self.error: ErrorReport | None = None
        current.changed.connect(self._current_changed)

    # Reading

    @property
    def options(self) -> LoadOptions:
        """How the selected model would be loaded."""
        return self._options_of(self.selected) if self.selected else LoadOptions()

    @property
    def ref(self) -> ModelRef | None:
        """The selected model with its options."""
        return self._ref_of(self.selected) if self.selected else None

    @property
    def info(self) -> LoadedInfo | None:
        """The selected model as it really is in memory, or None."""
        return self._loaded_info(self.selected) if self.selected else None

    @property
    def state(self) -> LoadState:
        """The real state of the selected model."""
        return self.state_of(self.selected) if self.selected else "unloaded"

    def state_of(self, entry: ModelEntry) -> LoadState:
        """The real state of a model."""
        if self._is_current(entry) and self._current.state in ("loading", "failed"):
            return self._current.state
        if self._loaded_info(entry):
            return "loaded"
        return "failed" if key_of(entry) in self._errors else "unloaded"

    def states(self) -> dict[Key, LoadState]:
        """The states of every listed model."""
        return {key_of(entry): self.state_of(entry) for entry in self._current.entries}

    @property
    def needs_reload(self) -> bool:
        """The selected model is loaded, but with other options than the form shows."""
        info = self.info
        return info is not None and _without_consent(info.ref.options) != _without_consent(
            self.options
        )

    @property
    def step(self) -> tuple[str, float | None]:
        """What loading does now, in words, and how far it is."""
        return self._current.step, self._current.fraction

    def needs_pickle_consent(self) -> bool:
        """Are the selected model's weights pickle files, not allowed yet?"""
        return self._consents.pickle and not self.options.allow_pickle

    def needs_code_consent(self) -> bool:
        """Does the selected model bring code of its own, without which it cannot be read?"""
        asked = self._consents.code and not self.options.trust_remote_code
        return asked and self.error is not None

    def is_broken(self) -> bool:
        """Has the selected model a fault that no option and no consent mends?"""
        if self.selected is None or not self.selected.problem or self.describing:
            return False
        return not (self._consents.pickle or self._consents.code)

    # What the person does

    def select(self, entry: ModelEntry | None) -> None:
        """Show another model in the details pane."""
        if entry == self.selected:
            return
        same = entry is not None and self.selected is not None
        same = same and key_of(entry) == key_of(self.selected)  # type: ignore[arg-type]
        self.selected = entry
        if not same:
            self.description, self._consents = None, Consents()
        self.error = self._errors.get(key_of(entry)) if entry else None
        self.selection_changed.emit()
        self.ask()

    def set_options(self, options: LoadOptions) -> None:
        """Change how the selected model would be loaded; the forecast follows."""
        if self.selected is None or options == self.options:
            return
        self._options[key_of(self.selected)] = options
        self._errors.pop(key_of(self.selected), None)
        self.options_changed.emit()
        self.ask()

    def allow(self, *, pickle: bool = False, code: bool = False) -> None:
        """Note the person's consent for the selected model, for this session only."""
        options = self.options
        self.set_options(
            replace(
                options,
                allow_pickle=options.allow_pickle or pickle,
                trust_remote_code=options.trust_remote_code or code,
            )
        )

    def load(self) -> None:
        """Make the selected model current and load it with its options."""
        ref = self.ref
        if ref is None or self.selected is None:
            return
        self._errors.pop(key_of(self.selected), None)
        info = self.info
        if info is not None and self.needs_reload:
            self._jobs.submit(UnloadModelSpec(info.ref))
        self._current.choose(ref)
        self._current.load()

    def stop(self) -> None:
        """Stop the load that runs."""
        self._current.stop_loading()

    def unload(self) -> None:
        """Free the selected model's memory."""
        info = self.info
        if info is not None:
            self._jobs.submit(UnloadModelSpec(info.ref), self._unload_event)

    def ask(self) -> None:
        """Ask for the description soon; quick changes are joined into one."""
        self.describing = self.selected is not None
        self.description_changed.emit()
        if self.selected is not None:
            self._timer.start()

    # Jobs

    def _describe(self) -> None:
        """One description at a time: a change meanwhile asks once more when this one ends."""
        ref, entry = self.ref, self.selected
        if ref is None or entry is None:
            return
        if self._job is not None or self._looking:
            self._stale = True
            return
        self._asked, self._stale, self._looking = ref, False, True
        self._background.run(partial(consents_of, entry), self._looked)

    def _looked(self, consents: Consents) -> None:
        """The files were looked into: now the closer look, unless the wish changed meanwhile."""
        self._looking = False
        ref = self.ref
        if ref is None or ref != self._asked:
            self._describe()
            return
        self._consents = consents
        try:
            self._job = self._jobs.submit(DescribeModelSpec(model=ref), self._described)
        except EngineError as error:
            self._refuse(error.report())

    def _described(self, event: Event) -> None:
        match event:
            case Finished(result=result) if isinstance(result, ModelDescription):
                self._job = None
                if self._asked == self.ref:
                    self.description, self.describing = result, False
                    self.error = self._errors.get(key_of(result.entry))
                    self.description_changed.emit()
            case Failed(error=error):
                self._job = None
                if self._asked == self.ref:
                    self._refuse(error)
            case Cancelled():
                self._job, self.describing = None, False
                self.description_changed.emit()
            case _:
                return
        if self._stale or (self._asked != self.ref and self.ref is not None):
            self._describe()

    def _refuse(self, error: ErrorReport) -> None:
        self.error, self.describing, self.description = error, False, None
        self.description_changed.emit()

    def _unload_event(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.error = event.error
            self.description_changed.emit()
        elif isinstance(event, Finished):
            self.states_changed.emit()
            self.ask()

    def _current_changed(self) -> None:
        """A load began, went on or ended: its error belongs to its model."""
        loading = self._current
        if loading.state == "failed" and loading.error is not None:
            self._errors[loading.ref.id, loading.ref.revision] = loading.error
        if self.selected is not None and self._is_current(self.selected):
            failed = loading.error if loading.state == "failed" else None
            if failed is not None and failed != self.error:
                self.error = failed
                self.description_changed.emit()
            elif loading.state == "loaded" and self.error is not None:
                self.error = None
                self.description_changed.emit()
        self.states_changed.emit()

    # Keys

    def _options_of(self, entry: ModelEntry) -> LoadOptions:
        key = key_of(entry)
        if key not in self._options:
            info = self._loaded_info(entry)
            chosen = self._current.ref.options if self._is_current(entry) else LoadOptions()
            self._options[key] = info.ref.options if info else chosen
        return self._options[key]

    def _ref_of(self, entry: ModelEntry) -> ModelRef:
        return ModelRef(entry.id, entry.revision, self._options_of(entry))

    def _loaded_info(self, entry: ModelEntry) -> LoadedInfo | None:
        found = [info for info in self._engine.loaded() if _names(info.ref, entry)]
        return found[-1] if found else None

    def _is_current(self, entry: ModelEntry) -> bool:
        return _names(self._current.ref, entry)


def _names(ref: ModelRef, entry: ModelEntry) -> bool:
    """Does the reference name this entry? Without a revision it names the one in the cache."""
    return ref.id == entry.id and ref.revision in (None, entry.revision)


def _without_consent(options: LoadOptions) -> LoadOptions:
    return replace(options, allow_pickle=False, trust_remote_code=False)
