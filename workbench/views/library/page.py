"""Library: templates and the person's own prompts, with their versions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from engine.prompting import file, prompty
from engine.prompting.file import PromptFile
from engine.prompting.library import FOLDER, Entry, Library
from engine.prompting.versions import Version
from workbench.services.actions import ActionRegistry, Command
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.library import (
    LibraryModel,
    in_order,
    prompt_of,
    state_of,
)
from workbench.viewmodels.prompt_state import PromptState
from workbench.views.library.entry_panel import EntryPanel
from workbench.views.library.name_dialog import NameDialog
from workbench.views.library.prompt_list import PromptList
from workbench.views.page import Page
from workbench.widgets.action_button import ActionButton
from workbench.widgets.flow_layout import FlowBar, FlowLayout


class LibraryPage(Page):
    """The list at the left, the prompt at the right."""

    _problem: ErrorReport | None = None

    page_id: ClassVar[str] = "library"
    icon_name: ClassVar[str] = "library"

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.model = LibraryModel(Library(services.paths.data / FOLDER), services.background, self)
        self.list = PromptList(services, self)
        self.panel = EntryPanel(self)
        self.buttons = FlowBar(self)
        self._flow = FlowLayout(self.buttons, 4)
        self.keep = QToolButton(self)
        self.keep.setObjectName("keep-prompt")
        self.keep.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.keep.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        services.icons.bind(self.keep, "save")
        self._keep_menu = QMenu(self)
        self._keep_menu.aboutToShow.connect(self._fill_keep_menu)
        self.keep.setMenu(self._keep_menu)
        self._after: Callable[[], None] | None = None
        self._build()
        self._connect()

    # What every page has

    def title(self) -> str:
        return self.tr("Library")

    def subtitle(self) -> str:
        return self.tr("Prompts to start from, and your own with every version.")

    def register_actions(self, registry: ActionRegistry) -> None:
        """What can be done with the selected prompt."""
        own, any_one = self._has_own, self._has_entry
        commands = (
            Command(
                "library.use", lambda: self.tr("Use in Compare"), self.use,
                shortcut="Ctrl+Return", icon="compare", enabled=any_one, scope=self.page_id,
                menu="page", hint=lambda: self.tr("Put the prompt into Compare"),
            ),
            Command(
                "library.duplicate", lambda: self.tr("Duplicate"), self.duplicate, icon="copy",
                enabled=any_one, scope=self.page_id, menu="page",
                hint=lambda: self.tr("A copy of your own that you can change"),
            ),
            Command(
                "library.rename", lambda: self.tr("Rename…"), self.rename, shortcut="F2",
                icon="edit", enabled=own, scope=self.page_id, menu="page",
            ),
            Command(
                "library.delete", lambda: self.tr("Delete"), self.delete, shortcut="Del",
                icon="trash", enabled=own, scope=self.page_id, menu="page",
                hint=lambda: self.tr("Delete the prompt; it can be brought back"),
            ),
            Command(
                "library.import", lambda: self.tr("Import…"), self.choose_import,
                shortcut="Ctrl+O", icon="upload", scope=self.page_id, menu="page",
                hint=lambda: self.tr("A prompt file of Lathe, a .prompty file, or a text"),
            ),
            Command(
                "library.export", lambda: self.tr("Export…"), self.choose_export,
                icon="download", enabled=any_one, scope=self.page_id, menu="page",
            ),
        )  # fmt: skip
        for command in commands:
            registry.add(command)
            if command.id != "library.use":
                action = registry.action(command.id)
                self._flow.addWidget(ActionButton(self.services, action, "quiet", self))
        self.header.set_primary(registry.action("library.use"))
        self.header.add_button(self.keep)

    def retranslate(self) -> None:
        super().retranslate()
        self.keep.setText(self.tr("Keep Compare's prompt"))
        self.keep.setToolTip(self.tr("Save the prompt of Compare here"))
        self.list.retranslate()

    def entered(self) -> None:
        entry = self.current()
        self.model.refresh(entry.id if entry is not None else "")

    def save_state(self) -> dict[str, object]:
        entry = self.current()
        return {
            "search": self.list.search.text(),
            "language": self.list.language(),
            "entry": entry.id if entry is not None else "",
            "split": self.splitter.sizes(),
        }

    def restore_state(self, state: dict[str, object]) -> None:
        self.list.search.setText(str(state.get("search", "")))
        self.list.set_language(str(state.get("language", "")))
        split = state.get("split")
        if isinstance(split, list) and len(split) == 2 and all(isinstance(n, int) for n in split):
            self.splitter.setSizes(split)
        self.model.refresh(str(state.get("entry", "")))

    def run_demo(self, done: Callable[[], None]) -> None:
        """The list as it is; `done` when it was read."""
        self._after = done
        self._problem = None
        self.model.changed.connect(self._demo_ready)
        self.model.failed.connect(self._demo_failed)
        self.model.refresh()

    def demo_problem(self) -> ErrorReport | None:
        return self._problem

    # What the person does

    def current(self) -> Entry | None:
        """The prompt that is selected."""
        return self.list.current()

    def use(self) -> None:
        """Put the selected prompt into Compare and show it there."""
        entry = self.current()
        if entry is not None:
            self.services.desk.lay("compare", state_of(entry.prompt))

    def duplicate(self) -> None:
        """Keep a copy of the selected prompt."""
        entry = self.current()
        if entry is not None:
            self.model.duplicate(entry.id, self.tr("{name} (copy)").format(name=entry.name))

    def rename(self) -> None:
        """Ask for another name."""
        entry = self.current()
        if entry is not None and not entry.built_in:
            self._ask_name(
                self.tr("Rename the prompt"), entry.name, partial(self.model.rename, entry.id)
            )

    def delete(self) -> None:
        """Delete the selected prompt; a message offers to bring it back."""
        entry = self.current()
        if entry is not None and not entry.built_in:
            self.model.delete(entry)

    def choose_import(self) -> None:
        """Ask for a file and keep its prompt."""
        dialog = QFileDialog(self, self.tr("Import a prompt"))
        dialog.setNameFilters(
            [
                self.tr("Prompts (*.prompt.md *.prompty *.md *.txt)"),
                self.tr("All files (*)"),
            ]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._import_chosen)
        dialog.open()

    def choose_export(self) -> None:
        """Ask for a file and write the selected prompt there."""
        entry = self.current()
        if entry is None:
            return
        dialog = QFileDialog(self, self.tr("Export the prompt"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        own = self.tr("Lathe's prompt file (*{suffix})").format(suffix=file.SUFFIX)
        dialog.setNameFilters([own, f"Prompty (*{prompty.SUFFIX})"])
        name = "".join(c if c.isalnum() or c in " -_" else "-" for c in entry.name)
        dialog.selectFile(f"{name}{file.SUFFIX}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._export_chosen, entry.prompt))
        dialog.open()

    def keep_as_new(self) -> None:
        """Ask for a name and keep Compare's prompt under it."""
        state = self._compare_prompt()
        if state is not None:
            self._ask_name(self.tr("Keep Compare's prompt"), "", partial(self._keep, state))

    def keep_as_version(self) -> None:
        """Save Compare's prompt as a version of the selected one."""
        state, entry = self._compare_prompt(), self.current()
        if state is not None and entry is not None and not entry.built_in:
            self.model.save(entry.id, prompt_of(state, entry.name))

    def _keep(self, state: PromptState, name: str) -> None:
        self.model.add(prompt_of(state, name))

    def _fill_keep_menu(self) -> None:
        self._keep_menu.clear()
        can = self._compare_prompt() is not None
        new = self._keep_menu.addAction(self.tr("As a new prompt…"))
        new.setEnabled(can)
        new.triggered.connect(self.keep_as_new)
        entry = self.current()
        if entry is not None and not entry.built_in:
            text = self.tr("As a new version of “{name}”").format(name=entry.name)
            version = self._keep_menu.addAction(text)
            version.setEnabled(can)
            version.triggered.connect(self.keep_as_version)

    def _compare_prompt(self) -> PromptState | None:
        state = self.services.desk.seen("prompt")
        if isinstance(state, PromptState):
            return state
        stored = self.services.session.state_of("compare").get("prompt")
        return PromptState.from_plain(stored) if stored is not None else None

    def _ask_name(self, title: str, name: str, then: Callable[[str], None]) -> None:
        taken = {entry.name for entry in self.model.entries} - {name}
        dialog = NameDialog(self.services, title, name, self, taken)
        dialog.named.connect(then)
        dialog.open()

    def _import_chosen(self, path: str) -> None:
        self.model.import_file(Path(path))

    def _export_chosen(self, prompt: PromptFile, path: str) -> None:
        self.model.export(prompt, Path(path), self._exported)

    def _exported(self, _done: None) -> None:
        self.services.notify.good(self.tr("The prompt was written."))

    # Model to widgets

    def _changed(self, wanted: str) -> None:
        language = "zh" if self.services.i18n.language.startswith("zh") else "en"
        self.list.show_entries(in_order(self.model.entries, language), wanted)

    def _show_current(self) -> None:
        self.panel.show_entry(self.current())
        self.services.actions.refresh()

    def _selected(self) -> None:
        self._show_current()
        self.state_changed.emit()

    def _deleted(self, name: str, aside: Path) -> None:
        self.services.notify.offer(
            self.tr("“{name}” was deleted.").format(name=name),
            self.tr("Undo"),
            partial(self.model.bring_back, aside),
        )

    def _warned(self, warnings: tuple[str, ...]) -> None:
        for one in warnings:
            self.services.notify.warn(tell(one))

    def _version_wanted(self, version: Version) -> None:
        entry = self.current()
        if entry is not None:
            self.model.read_version(entry, version)

    def _restore_wanted(self, version: Version) -> None:
        entry = self.current()
        if entry is not None:
            note = self.tr("version {n} again").format(n=version.number)
            self.model.restore_version(entry, version, note)

    def _has_entry(self) -> bool:
        entry = self.current()
        return entry is not None and not entry.problem

    def _has_own(self) -> bool:
        entry = self.current()
        return entry is not None and not entry.built_in

    def _demo_failed(self, problem: ErrorReport) -> None:
        self._problem = problem
        self._demo_ready("")

    def _demo_ready(self, _wanted: str) -> None:
        self.model.changed.disconnect(self._demo_ready)
        self.model.failed.disconnect(self._demo_failed)
        done, self._after = self._after, None
        if done is not None:
            done()

    # Building

    def _build(self) -> None:
        right = QWidget(self)
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.buttons, 1)
        inside.addLayout(row)
        inside.addWidget(self.panel, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.body.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.model.changed.connect(self._changed)
        self.model.failed.connect(self.services.notify.error)
        self.model.deleted.connect(self._deleted)
        self.model.warned.connect(self._warned)
        self.model.version_read.connect(self.panel.take_version)
        self.panel.version_wanted.connect(self._version_wanted)
        self.panel.restore_wanted.connect(self._restore_wanted)
        self.list.selected.connect(self._selected)
        self.list.edited.connect(self.state_changed)
        self.list.use_wanted.connect(self.use)
        self.splitter.splitterMoved.connect(self.state_changed)
