"""The commands of the program itself; pages add their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from workbench.services.actions import Command
from workbench.services.preferences import LANGUAGE, TEXT_SCALE, THEME

if TYPE_CHECKING:
    from workbench.bootstrap import Application

translate = QCoreApplication.translate


class ShellCommands:
    """Handlers of the window's commands. Dialogs are imported when they are wanted."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._services = app.services
        self._window = app.window

    def register(self) -> None:
        """Add every command."""
        for command in (*self._file(), *self._edit(), *self._view(), *self._model(), *self._help()):
            self._services.actions.add(command)
        for number, page in enumerate(self._app.pages, 1):
            self._services.actions.add(self._page_command(number, page.id))
        for action in ("view.palette", "view.theme", "view.language"):
            self._window.model_bar.add_action(self._services.actions.action(action))
        self._window.model_bar.refresh()
        for action in ("view.jobs", "view.log"):
            self._window.strip.add_switch(self._services.actions.action(action))
        self._window.rail.add_foot(self._services.actions.action("file.preferences"))

    def _page_command(self, number: int, page_id: str) -> Command:
        entry = next(page for page in self._app.pages if page.id == page_id)

        def text() -> str:
            return translate("Commands", "Go to {page}").format(page=entry.title())

        def show() -> None:
            self._window.show_page(page_id)

        keys = f"Ctrl+{number % 10}" if number <= 10 else ""
        return Command(f"page.{page_id}", text, show, keys, icon=entry.icon, menu="view")

    def _file(self) -> tuple[Command, ...]:
        return (
            Command(
                "file.preferences",
                lambda: translate("Commands", "Preferences …"),
                self.preferences,
                "Ctrl+,",
                icon="settings",
                menu="file",
            ),
            Command(
                "file.quit",
                lambda: translate("Commands", "Quit"),
                self._app.ask_close,
                "Ctrl+Q",
                menu="file",
            ),
        )

    def _edit(self) -> tuple[Command, ...]:
        undo = self._window.undo
        undo.canUndoChanged.connect(self._services.actions.refresh)
        undo.canRedoChanged.connect(self._services.actions.refresh)
        return (
            Command(
                "edit.undo",
                lambda: translate("Commands", "Undo"),
                undo.undo,
                keys=QKeySequence.StandardKey.Undo,
                icon="undo",
                enabled=undo.canUndo,
                menu="edit",
            ),
            Command(
                "edit.redo",
                lambda: translate("Commands", "Redo"),
                undo.redo,
                keys=QKeySequence.StandardKey.Redo,
                icon="redo",
                enabled=undo.canRedo,
                menu="edit",
            ),
        )

    def _view(self) -> tuple[Command, ...]:
        window = self._window
        return (
            Command(
                "view.palette",
                lambda: translate("Commands", "Command palette …"),
                self.palette,
                "Ctrl+Shift+P",
                icon="command",
                hint=lambda: translate("Commands", "Find any command by typing"),
                menu="view",
            ),
            Command(
                "view.jobs",
                lambda: translate("Commands", "Jobs"),
                self._toggle_jobs,
                "Ctrl+J",
                icon="jobs",
                checked=window.jobs_dock.isVisible,
                hint=lambda: translate("Commands", "Show or hide the jobs panel"),
                menu="view",
            ),
            Command(
                "view.log",
                lambda: translate("Commands", "Log"),
                self._toggle_log,
                "Ctrl+Shift+L",
                icon="log",
                checked=window.log_dock.isVisible,
                hint=lambda: translate("Commands", "Show or hide the log panel"),
                menu="view",
            ),
            Command(
                "view.theme",
                lambda: translate("Commands", "Switch between light and dark"),
                self.switch_theme,
                "Ctrl+Shift+D",
                icon="theme",
                menu="view",
            ),
            Command(
                "view.language",
                lambda: translate("Commands", "Switch between English and Chinese"),
                self.switch_language,
                icon="language",
                menu="view",
            ),
            Command(
                "view.larger",
                lambda: translate("Commands", "Larger text"),
                self.larger_text,
                "Ctrl++",
                menu="view",
            ),
            Command(
                "view.smaller",
                lambda: translate("Commands", "Smaller text"),
                self.smaller_text,
                "Ctrl+-",
                menu="view",
            ),
            Command(
                "view.reset",
                lambda: translate("Commands", "Reset layout"),
                window.reset_layout,
                menu="view",
            ),
        )

    def _model(self) -> tuple[Command, ...]:
        model = self._services.model
        model.changed.connect(self._services.actions.refresh)
        self._services.jobs.activity_changed.connect(self._services.actions.refresh)
        return (
            Command(
                "model.load",
                lambda: translate("Commands", "Load the model"),
                self._load,
                icon="download",
                enabled=lambda: model.state in ("unloaded", "failed"),
                menu="model",
            ),
            Command(
                "model.unload",
                lambda: translate("Commands", "Unload the model"),
                self._unload,
                icon="eject",
                enabled=lambda: model.state == "loaded",
                hint=lambda: translate("Commands", "Free the memory that the model uses"),
                menu="model",
            ),
            Command(
                "jobs.stop",
                lambda: translate("Commands", "Stop every job"),
                self._services.jobs.cancel_all,
                "Ctrl+.",
                icon="stop",
                enabled=self._services.jobs.busy,
                menu="model",
            ),
        )

    def _help(self) -> tuple[Command, ...]:
        return (
            Command(
                "help.shortcuts",
                lambda: translate("Commands", "Keyboard shortcuts …"),
                self.shortcuts,
                "F1",
                icon="keyboard",
                menu="help",
            ),
            Command(
                "help.about",
                lambda: translate("Commands", "About Lathe …"),
                self.about,
                icon="info",
                menu="help",
            ),
        )

    def preferences(self) -> None:
        """Open the preferences."""
        from workbench.dialogs.preferences import PreferencesDialog

        PreferencesDialog(self._services, self._window).open()

    def palette(self) -> None:
        """Open the command palette."""
        from workbench.dialogs.palette import CommandPalette

        CommandPalette(self._services, self._window).open()

    def shortcuts(self) -> None:
        """Open the list of shortcuts."""
        from workbench.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self._services, self._window).open()

    def about(self) -> None:
        """Say what this program is."""
        from workbench.dialogs.about import AboutDialog

        AboutDialog(self._services, self._window).open()

    def switch_theme(self) -> None:
        """The other theme, remembered."""
        self._services.settings.set(THEME, "light" if self._services.theme.dark else "dark")

    def switch_language(self) -> None:
        """The other language, remembered."""
        chinese = self._services.i18n.language == "zh_CN"
        self._services.settings.set(LANGUAGE, "en" if chinese else "zh_CN")

    def larger_text(self) -> None:
        """One step up."""
        self._step_text(0.1)

    def smaller_text(self) -> None:
        """One step down."""
        self._step_text(-0.1)

    def _step_text(self, step: float) -> None:
        settings = self._services.settings
        value = round(settings.get(TEXT_SCALE) + step, 1)
        if TEXT_SCALE.accepts(value):
            settings.set(TEXT_SCALE, value)

    def _toggle_jobs(self) -> None:
        self._window.toggle_panel(self._window.jobs_dock)

    def _toggle_log(self) -> None:
        self._window.toggle_panel(self._window.log_dock)

    def _load(self) -> None:
        self._services.model.load()

    def _unload(self) -> None:
        self._services.model.unload()
