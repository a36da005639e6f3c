"""The Models page: a list at the left, one model in detail at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QWidget

from engine.devices import gpu_meters
from engine.errors import ErrorReport
from engine.models.spec import ModelEntry
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.services.numbers import file_size
from workbench.services.preferences import HUB_ENDPOINT
from workbench.viewmodels.models_catalog import ModelsCatalog
from workbench.viewmodels.models_download import Download
from workbench.viewmodels.models_state import ModelsState
from workbench.viewmodels.models_table import Key, key_of
from workbench.views.models.details import Details
from workbench.views.models.download_dialog import DownloadDialog
from workbench.views.models.model_list import ModelList
from workbench.views.models.question_dialog import QuestionDialog
from workbench.views.models.questions import (
    code_question,
    forget_question,
    pickle_question,
    remove_question,
)
from workbench.views.page import Page
from workbench.widgets.action_button import ActionButton


class ModelsPage(Page):
    """List, load, unload, download, remove; look inside before loading."""

    page_id = "models"
    icon_name = "models"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.state = ModelsState(
            services.engine, services.jobs, services.model, services.background, self
        )
        self.catalog = ModelsCatalog(services.settings, services.background, services.model, self)
        self.list = ModelList(services, self)
        self.details = Details(services, self.state, self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(9)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([780, 480])
        self.body.addWidget(self.splitter, 1)
        self.question: QuestionDialog | None = None
        self.download_dialog: DownloadDialog | None = None
        self._wanted: Key | str | None = None
        self.setAcceptDrops(True)
        self.list.selected.connect(self._selected)
        self.list.load_wanted.connect(self._load)
        self.details.pickle_wanted.connect(self._ask_pickle)
        self.details.code_wanted.connect(self._ask_code)
        self.splitter.splitterMoved.connect(self.state_changed)
        self.list.search.textChanged.connect(self.state_changed)
        services.model.entries_changed.connect(self._entries_changed)
        self.state.states_changed.connect(self._states_changed)
        self.state.description_changed.connect(services.actions.refresh)
        services.background.run(gpu_meters, self._take_devices)

    # Page

    def title(self) -> str:
        return self.tr("Models")

    def subtitle(self) -> str:
        return self.tr(
            "Every model on this computer: what it is made of, what it needs, what is in memory."
        )

    def register_actions(self, registry: ActionRegistry) -> None:
        def add(
            name: str,
            text: Callable[[], str],
            handler: Callable[[], None],
            icon: str,
            shortcut: str = "",
            enabled: Callable[[], bool] | None = None,
        ) -> None:
            registry.add(
                Command(
                    f"models.{name}",
                    text,
                    handler,
                    shortcut=shortcut,
                    icon=icon,
                    enabled=enabled,
                    scope=self.page_id,
                    menu="page",
                )
            )

        add("load", self._load_text, self._load, "play", "Ctrl+Return", self._may_load)
        add("stop", lambda: self.tr("Stop loading"), self.state.stop, "stop", "", self._loading)
        add("unload", lambda: self.tr("Unload"), self.state.unload, "eject", "", self._is_loaded)
        add("remove", lambda: self.tr("Remove…"), self._remove, "trash", "", self._may_remove)
        add("add-folder", lambda: self.tr("Add folder…"), self._choose_folder, "folder")
        add("download", lambda: self.tr("Download…"), self._open_download, "download")
        add("search", lambda: self.tr("Search models"), self._focus_search, "search", "Ctrl+F")
        add("refresh", lambda: self.tr("Look again"), self._look_again, "refresh", "F5")
        self.header.set_primary(registry.action("models.load"))
        for name in ("add-folder", "download"):
            self.header.add_button(ActionButton(self.services, registry.action(f"models.{name}")))
        for name, wanted in (
            ("stop", self._loading),
            ("unload", self._is_loaded),
            ("remove", self._may_remove),
        ):
            action = registry.action(f"models.{name}")
            self.details.add_button(ActionButton(self.services, action, "normal", self), wanted)

    def retranslate(self) -> None:
        super().retranslate()
        self.list.retranslate()
        self.details.retranslate()

    def entered(self) -> None:
        self.services.model.refresh_entries()
        self._entries_changed()

    def save_state(self) -> dict[str, object]:
        selected = self.state.selected
        return {
            "selected": list(key_of(selected)) if selected else None,
            "splitter": self.splitter.saveState().toBase64().toStdString(),
            **self.list.save_state(),
        }

    def restore_state(self, state: dict[str, object]) -> None:
        self.list.restore_state(state)
        selected = state.get("selected")
        if isinstance(selected, list) and len(selected) == 2 and isinstance(selected[0], str):
            revision = selected[1] if isinstance(selected[1], str) else None
            self._wanted = (selected[0], revision)
            self._entries_changed()
        splitter = state.get("splitter")
        if isinstance(splitter, str):
            self.splitter.restoreState(QByteArray.fromBase64(splitter.encode()))

    def run_demo(self, done: Callable[[], None]) -> None:
        """Load the current model, so that forecast and measured figure stand side by side."""
        self._demo = _Demo(self, done)

    def demo_problem(self) -> ErrorReport | None:
        return self.state.error

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_folders(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for folder in _dropped_folders(event):
            self.add_folder(folder)
        event.acceptProposedAction()

    def add_folder(self, folder: Path) -> None:
        """Look for models in a folder, and select the first one found there."""
        self._wanted = str(folder.resolve())
        if not self.catalog.add_folder(str(folder)):
            known = self.tr("The folder is on the list already.")
            self.services.notify.info(known)

    # Selection and states

    def _entries_changed(self) -> None:
        entries = self.services.model.entries
        selected = self.state.selected
        keep: Key | None = key_of(selected) if selected else None
        if isinstance(self._wanted, tuple):
            keep, self._wanted = self._wanted, None
        elif isinstance(self._wanted, str):
            keep = self._first_below(self._wanted, entries) or keep
        if keep is None:
            current = self.services.model.ref
            keep = (current.id, current.revision)
        self.list.show_entries(entries, keep)
        if self.state.selected is None and entries:
            self.list.select(key_of(entries[0]))
        self._states_changed()

    def _first_below(self, folder: str, entries: tuple[ModelEntry, ...]) -> Key | None:
        for entry in entries:
            if Path(entry.path).resolve().is_relative_to(folder):
                self._wanted = None
                return key_of(entry)
        return None

    def _selected(self, entry: ModelEntry | None) -> None:
        if entry is not None:
            self.state.select(entry)
        self.services.actions.refresh()
        self.state_changed.emit()

    def _states_changed(self) -> None:
        self.list.show_states(self.state.states())
        self.services.actions.refresh()

    def _take_devices(self, cards: tuple[object, ...]) -> None:
        self.details.form.set_devices(tuple(f"cuda:{index}" for index in range(len(cards))))

    # Commands

    def _load_text(self) -> str:
        return self.tr("Load")

    def _may_load(self) -> bool:
        state = self.state
        if state.selected is None or state.state == "loading" or state.is_broken():
            return False
        return state.state != "loaded" or state.needs_reload

    def _loading(self) -> bool:
        return self.state.state == "loading"

    def _is_loaded(self) -> bool:
        return self.state.info is not None

    def _may_remove(self) -> bool:
        entry = self.state.selected
        if entry is None or self.state.state in ("loaded", "loading"):
            return False
        return entry.source == "hub-cache" or bool(self.catalog.folder_of(entry))

    def _load(self) -> None:
        if not self._may_load():
            return
        if self.state.needs_pickle_consent():
            self._ask_pickle()
        elif self.state.needs_code_consent():
            self._ask_code()
        else:
            self.state.load()

    def _focus_search(self) -> None:
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def _look_again(self) -> None:
        self.services.model.refresh_entries()
        self.state.ask()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder with models"))
        if chosen:
            self.add_folder(Path(chosen))

    def _open_download(self) -> None:
        if self.download_dialog is None:
            endpoint = self.services.settings.get(HUB_ENDPOINT)
            download = Download(self.services.jobs, endpoint, self)
            self.download_dialog = DownloadDialog(self.services, download, self)
            self.download_dialog.downloaded.connect(self._downloaded)
        dialog = self.download_dialog
        if not dialog.download.busy:
            dialog.download.endpoint = self.services.settings.get(HUB_ENDPOINT)
        dialog.retranslate()
        dialog.show()
        dialog.raise_()
        dialog.name.setFocus()

    def _downloaded(self, repository: str) -> None:
        self._wanted = (repository, None)
        self.services.model.refresh_entries()
        self.services.notify.good(self.tr("{name} was downloaded.").format(name=repository))

    # Questions

    def _ask_pickle(self) -> None:
        if self.state.selected is not None:
            self._ask(pickle_question(self.state.selected, self), self._allow_pickle)

    def _ask_code(self) -> None:
        if self.state.selected is not None:
            self._ask(code_question(self.state.selected, self), self._allow_code)

    def _allow_pickle(self) -> None:
        self.state.allow(pickle=True)
        self.services.actions.refresh()

    def _allow_code(self) -> None:
        self.state.allow(code=True)
        self.services.actions.refresh()

    def _remove(self) -> None:
        entry = self.state.selected
        if entry is None:
            return
        folder = self.catalog.folder_of(entry)
        if entry.source != "hub-cache":
            self._ask(forget_question(folder, self), lambda: self.catalog.forget_folder(folder))
            return

        def ask(freed: int) -> None:
            self._ask(remove_question(entry, freed, self), lambda: self._delete(entry))

        self.catalog.freed_by_removing(entry, ask, self._refused)

    def _delete(self, entry: ModelEntry) -> None:
        self.catalog.remove(entry, self._deleted, self._refused)

    def _deleted(self, freed: int) -> None:
        self.services.notify.good(self.tr("{size} were freed.").format(size=file_size(freed)))

    def _refused(self, error: ErrorReport) -> None:
        self.services.notify.error(error)

    def _ask(self, dialog: QuestionDialog, accepted: Callable[[], None]) -> None:
        self.question = dialog
        dialog.accepted.connect(accepted)
        dialog.finished.connect(self._answered)
        dialog.open()

    def _answered(self) -> None:
        self.question = None


class _Demo:
    """Waits for the description, loads the model, and calls back when it is in memory."""

    def __init__(self, page: ModelsPage, done: Callable[[], None]) -> None:
        self._page = page
        self._done: Callable[[], None] | None = done
        self._asked = False
        page.state.description_changed.connect(self._look)
        page.state.states_changed.connect(self._look)
        page.entered()
        self._look()

    def _look(self) -> None:
        state = self._page.state
        if self._done is None or state.describing or state.selected is None:
            return
        if not self._asked and state.state == "unloaded" and state.error is None:
            self._asked = True
            state.load()
        elif state.state in ("loaded", "failed") or state.error is not None:
            done, self._done = self._done, None
            done()


def _dropped_folders(event: QDropEvent) -> tuple[Path, ...]:
    """The folders dropped; of a GGUF file the folder it lies in."""
    folders = []
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile())
        if path.is_dir():
            folders.append(path)
        elif path.suffix == ".gguf" and path.is_file():
            folders.append(path.parent)
    return tuple(folders)
