"""The composition root: builds every service once, the window, and takes them down again."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import Final

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication

from engine.api import Engine
from engine.errors import EngineError
from engine.paths import RESOURCES, Paths
from workbench.commands import ShellCommands
from workbench.main_window import MainWindow
from workbench.options import Options
from workbench.pages import PAGES, PageEntry
from workbench.services import preferences as prefs
from workbench.services.actions import ActionRegistry
from workbench.services.async_loop import AsyncLoop, load_asyncio
from workbench.services.background import Background
from workbench.services.container import Services
from workbench.services.crash import Crash, CrashReport
from workbench.services.desk import Desk
from workbench.services.first_paint import FirstPaint
from workbench.services.gc_pin import GcPin
from workbench.services.i18n import I18n
from workbench.services.icons import Icons
from workbench.services.jobs import JobService
from workbench.services.log import Log
from workbench.services.notify import Notify
from workbench.services.one_window import OneWindow
from workbench.services.project_file import ProjectFile
from workbench.services.session import Session
from workbench.services.settings import Settings
from workbench.services.theme import Theme
from workbench.services.watchdog import Watchdog
from workbench.viewmodels.current_model import CurrentModel

CLOSE_S: Final = 0.7
log = logging.getLogger(__name__)


def make_qt(arguments: list[str]) -> QApplication:
    """The `QApplication`, dressed so that no platform style shines through."""
    QApplication.setApplicationName("lathe")
    QApplication.setApplicationDisplayName("Lathe")
    QApplication.setDesktopFileName("lathe")
    app = QApplication(arguments)
    app.setStyle("Fusion")
    return app


class Application(QObject):
    """One running program.

    Args:
        app: The `QApplication`.
        options: The command line.
        paths: The user's folders.
        pages: The pages of the rail.
        engine: None = a new one; the application closes it either way.

    Signals:
        opened(): The window stands with its first page, and the event loop is free.
    """

    opened = Signal()

    def __init__(
        self,
        app: QApplication,
        options: Options,
        paths: Paths,
        pages: tuple[PageEntry, ...] = PAGES,
        engine: Engine | None = None,
    ) -> None:
        super().__init__()
        gc.disable()  # from here on, garbage waits for `GcPin` (and building widgets makes none)
        self.app = app
        self.options = options
        self.paths = paths
        self.pages = pages
        keep = not options.safe_mode
        if keep:
            paths.ensure()
        self.log = Log(paths.logs if keep else None, self)
        self.crash = Crash(paths.logs if keep else None, self)
        self.previous_fault = self.crash.previous_fault()
        self.engine = engine or Engine(paths)
        self.services = self._build_services(keep)
        self._apply_options()
        self.services.theme.apply(*self._look())
        self.services.i18n.set_language(self.services.settings.get(prefs.LANGUAGE))
        place = QSettings(str(paths.config / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(self.services, pages, self.log, place if keep else None)
        self.commands = ShellCommands(self)
        self.commands.register()
        self.one_window = OneWindow(paths.data if keep else None, self)
        self.gc_pin = GcPin(self)
        self.watchdog: Watchdog | None = None
        self._first_page = pages[0].id
        self._closed = False
        self._forced_exit = False
        self._connect()

    def show(self) -> None:
        """Show the window with its first page; the rest starts after the first paint."""
        session = self.services.session
        session.open()
        session.register("window", self._save_window, self._restore_window)
        session.register("model", self.services.model.save_state, self.services.model.restore_state)
        if self.services.settings.get(prefs.RESTORE):
            session.restore()
        self.window.restore()
        self._first_page = self.options.page or self._first_page
        self.window.rail.show_current(self._first_page)
        FirstPaint(self.window, self._show_first_page)
        self.window.show()

    def ask_close(self) -> None:
        """Close; asks once when jobs run."""
        if not self.services.jobs.busy() or not self.services.settings.get(prefs.CONFIRM_CLOSE):
            self.close()
            return
        from workbench.dialogs.confirm_close import ConfirmClose

        dialog = ConfirmClose(self.services, self.window)
        dialog.accepted.connect(self.close)
        dialog.open()

    def close(self) -> None:
        """Save, stop everything, close the window, end the loop. Takes under three seconds."""
        if self._closed:
            return
        self._closed = True
        self.one_window.close()
        self.services.session.close()
        self.window.let_close()
        self.services.jobs.shutdown()
        self.services.model.close()
        idle = self.services.tasks.shutdown()
        if self.watchdog is not None:
            self.watchdog.stop()
        idle = self.services.background.shutdown(CLOSE_S) and idle
        self._forced_exit = not (self.engine.close(CLOSE_S) and idle)
        self.services.project.close()
        if self._forced_exit:
            log.warning("a job did not stop in time; leaving without waiting for it")
        self.gc_pin.stop(everywhere=not self._forced_exit)
        self.log.shutdown()
        self.crash.uninstall()
        self.app.quit()

    def run(self) -> int:
        """Show the window and stay until it is closed."""
        self.crash.install()
        self.show()
        code = self.app.exec()
        self.close()
        if self._forced_exit:
            # A thread deep in a library call cannot be ended; everything is saved already.
            sys.stdout.flush()
            os._exit(code)
        return code

    def _build_services(self, keep: bool) -> Services:
        settings = Settings(
            self.paths.config / "settings.json" if keep else None, prefs.DECLARED, self
        )
        notify = Notify(self)
        settings.write_failed.connect(notify.error)
        jobs = JobService(self.engine, self)
        background = Background(self)
        theme = Theme(self.app, RESOURCES, self)
        return Services(
            engine=self.engine,
            paths=self.paths,
            settings=settings,
            jobs=jobs,
            tasks=AsyncLoop(self.app, self),
            background=background,
            project=ProjectFile(
                self.paths.data if keep else None, self.engine, background, notify, self
            ),
            session=Session(self.paths.data if keep else None, notify, self),
            actions=ActionRegistry(self),
            theme=theme,
            icons=Icons(theme, RESOURCES / "icons", self),
            i18n=I18n(self.app, RESOURCES / "i18n", self.paths.cache / "i18n", self),
            notify=notify,
            model=CurrentModel(self.engine, jobs, background, self),
            desk=Desk(self),
        )

    def _apply_options(self) -> None:
        settings, options = self.services.settings, self.options
        if options.theme is not None:
            settings.override(prefs.THEME, options.theme)
        if options.language is not None:
            settings.override(prefs.LANGUAGE, options.language)
        if options.scale is not None:
            settings.override(prefs.TEXT_SCALE, options.scale)

    def _connect(self) -> None:
        settings = self.services.settings
        settings.observe(prefs.THEME, self._relook)
        settings.observe(prefs.TEXT_SCALE, self._relook)
        settings.observe(prefs.LANGUAGE, self._relanguage)
        settings.observe(prefs.MODEL_FOLDERS, self._refolder)
        settings.observe(prefs.IDLE_UNLOAD, self._reidle)
        settings.observe(prefs.STALL_MS, self._rewatch)
        settings.observe(prefs.AUTOSAVE, self._reautosave)
        self.window.close_wanted.connect(self.ask_close)
        self.one_window.wanted.connect(self.window.come_to_front)
        self.crash.crashed.connect(self._show_crash)
        self.services.model.chosen.connect(self.services.session.touch)
        self.services.model.kept.connect(self.services.notify.error)

    def _look(self) -> tuple[str, float]:
        settings = self.services.settings
        return settings.get(prefs.THEME), settings.get(prefs.TEXT_SCALE)

    def _relook(self) -> None:
        self.services.theme.apply(*self._look())

    def _relanguage(self) -> None:
        self.services.i18n.set_language(self.services.settings.get(prefs.LANGUAGE))

    def _refolder(self) -> None:
        self.services.model.set_folders(self.services.settings.get(prefs.MODEL_FOLDERS))

    def _reidle(self) -> None:
        self.services.model.set_idle_minutes(self.services.settings.get(prefs.IDLE_UNLOAD))

    def _reautosave(self) -> None:
        self.services.session.start(self.services.settings.get(prefs.AUTOSAVE))

    def _rewatch(self) -> None:
        if self.watchdog is not None:
            self.watchdog.stop()
            self.watchdog = None
        limit = self.services.settings.get(prefs.STALL_MS)
        if limit > 0:
            self.watchdog = Watchdog(limit / 1000, self)
            self.watchdog.start()

    def _save_window(self) -> dict[str, object]:
        page = self.window.current_page()
        return {"page": page.page_id if page else self.pages[0].id}

    def _restore_window(self, state: dict[str, object]) -> None:
        wanted = state.get("page")
        if not any(page.id == wanted for page in self.pages):
            return
        self._first_page = str(wanted)
        if self.window.current_page() is not None:
            self.window.show_page(self._first_page)

    def _show_first_page(self) -> None:
        """The window stands; now its page, and after that everything that may take its time."""
        self.window.show_page(self._first_page)
        self.window.focus_page()
        QTimer.singleShot(0, self, self._start_rest)

    def _start_rest(self) -> None:
        self.opened.emit()
        if self._closed:
            return
        self.gc_pin.start()
        self.log.open_file()
        if self.services.session.is_ours:
            self.one_window.listen()
        self.services.background.run(load_asyncio, self._start_tasks)
        self._rewatch()
        self._reautosave()
        self._refolder()
        self._tell_problems()
        self.services.project.open()
        model = self.services.model
        model.follow()
        self._reidle()
        if self.services.settings.get(prefs.PRELOAD) and not self.options.screenshot:
            try:
                model.load()
            except EngineError as error:
                self.services.notify.error(error.report())

    def _start_tasks(self, _done: None) -> None:
        """asyncio joins the loop that runs; its first task reads the memory."""
        if not self._closed:
            self.services.tasks.start()
            self.window.meter.start()

    def _tell_problems(self) -> None:
        settings = self.services.settings
        if settings.problems:
            self.services.notify.warn(
                self.tr("Some settings could not be read; their defaults apply."),
                "\n".join([*settings.problems, str(settings.backup or "")]).strip(),
            )
        if self.previous_fault is not None:
            self._show_crash(self.previous_fault)
        if self.services.session.crashed:
            from workbench.dialogs.recover import RecoverDialog

            RecoverDialog(self.services, self.window).open()

    def _show_crash(self, report: CrashReport) -> None:
        from workbench.dialogs.crash_report import CrashDialog

        CrashDialog(self.services, report, self.window).open()
