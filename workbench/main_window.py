"""The window: rail, model bar, pages, status strip, and the two panels at the foot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QUndoGroup
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QMenu, QVBoxLayout, QWidget

from workbench.pages import PageEntry
from workbench.services.container import Services
from workbench.services.log import Log
from workbench.services.meters import MemoryMeter
from workbench.views.page import Page
from workbench.views.shell.lazy_dock import LazyDock
from workbench.views.shell.model_bar import ModelBar
from workbench.views.shell.page_host import PageHost
from workbench.views.shell.panel_title import PanelTitle
from workbench.views.shell.rail import Rail
from workbench.views.shell.status_strip import StatusStrip
from workbench.widgets.toast import ToastShelf

STATE_VERSION = 1
DEFAULT_SIZE = (1440, 900)
LEAST_SIZE = (960, 600)


class MainWindow(QMainWindow):
    """Arranges the parts and remembers where they were.

    Args:
        geometry: Where the window's place is kept; None = nowhere.

    Signals:
        close_wanted(): The person wants to close; `bootstrap` decides when that happens.
    """

    close_wanted = Signal()

    def __init__(
        self,
        services: Services,
        pages: tuple[PageEntry, ...],
        log: Log,
        geometry: QSettings | None,
    ) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.services = services
        self._pages = pages
        self._log = log
        self._geometry = geometry
        self._may_close = False
        self.undo = QUndoGroup(self)
        self.meter = MemoryMeter(services.tasks, self)
        self.rail = Rail(services, pages, self)
        self.model_bar = ModelBar(services, self.meter, self)
        self.host = PageHost(services, pages, self)
        self.strip = StatusStrip(services, self)
        self.menu = QMenu(self)
        self._arrange()
        self.jobs_dock = self._dock("jobs-dock", self._make_jobs)
        self.log_dock = self._dock("log-dock", self._make_log)
        self.tabifyDockWidget(self.jobs_dock, self.log_dock)
        self.toasts = ToastShelf(services, self, self.statusBar())

        services.actions.added.connect(self._take_action)
        self.rail.page_wanted.connect(self.show_page)
        self.rail.brand.clicked.connect(self._open_menu)
        self.model_bar.models_wanted.connect(self._show_models)
        self.host.shown.connect(self._page_shown)
        services.desk.laid.connect(self._show_laid)
        self.jobs_dock.visibilityChanged.connect(self._panels_changed)
        self.log_dock.visibilityChanged.connect(self._panels_changed)
        self.retranslate()

    def restore(self) -> None:
        """Bring back size, place and panels; a place on a vanished monitor is corrected."""
        self.resize(*DEFAULT_SIZE)
        self._shrink_to_screen()
        if self._geometry is None:
            return
        place = self._geometry.value("window/geometry")
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)
            self._come_back()
        state = self._geometry.value("window/state")
        if isinstance(state, QByteArray) and not self.restoreState(state, STATE_VERSION):
            self.reset_layout()

    def reset_layout(self) -> None:
        """Panels and size as at the first start."""
        for dock in (self.jobs_dock, self.log_dock):
            dock.setFloating(False)
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
            dock.hide()
        self.tabifyDockWidget(self.jobs_dock, self.log_dock)
        self.resize(*DEFAULT_SIZE)
        self._shrink_to_screen()

    def show_page(self, page_id: str) -> Page:
        """Show a page, building it if nobody wanted it before."""
        return self.host.show_page(page_id)

    def current_page(self) -> Page | None:
        """The page that is shown."""
        return self.host.current()

    def focus_page(self) -> None:
        """Put the keyboard where work begins: the page's primary button, or the page."""
        page = self.host.current()
        if page is None:
            return
        wanted = page.header.primary
        if wanted is None or not wanted.isEnabled():
            wanted = page.nextInFocusChain()
            while wanted is not page and not (page.isAncestorOf(wanted) and takes_focus(wanted)):
                wanted = wanted.nextInFocusChain()
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def come_to_front(self) -> None:
        """The person looks for the window: show it before all others."""
        if self.isMinimized():
            self.showNormal()
        self.raise_()
        self.activateWindow()

    def save_geometry(self) -> None:
        """Remember size, place and panels."""
        if self._geometry is not None:
            self._geometry.setValue("window/geometry", self.saveGeometry())
            self._geometry.setValue("window/state", self.saveState(STATE_VERSION))
            self._geometry.sync()

    def let_close(self) -> None:
        """Close now, without asking."""
        self._may_close = True
        self.meter.stop()
        self.save_geometry()
        self.close()

    def toggle_panel(self, dock: QDockWidget) -> None:
        """Open a panel in front, or close it when it is in front already."""
        in_front = dock.isVisible() and not dock.visibleRegion().isEmpty()
        first = not self.jobs_dock.isVisible() and not self.log_dock.isVisible()
        dock.setVisible(not in_front)
        if not in_front:
            dock.raise_()
            if first and not dock.isFloating():
                height = max(160, min(self.fontMetrics().height() * 14, self.height() // 3))
                self.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def retranslate(self) -> None:
        """Set every text again."""
        self.setWindowTitle("Lathe")
        self.jobs_dock.setWindowTitle(self.tr("Jobs"))
        self.log_dock.setWindowTitle(self.tr("Log"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.services.actions.retranslate()
            self.retranslate()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is decided elsewhere: jobs may run."""
        if not self._may_close:
            self.close_wanted.emit()
        # Who listens may have agreed at once; a close inside a close event does nothing itself.
        event.setAccepted(self._may_close)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.model_bar)
        right.addWidget(self.host, 1)
        body = QWidget(self)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(body)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.strip, 1)
        self.setMinimumSize(*LEAST_SIZE)

    def _make_jobs(self) -> QWidget:
        from workbench.views.jobs.panel import JobsPanel

        return JobsPanel(self.services, self)

    def _make_log(self) -> QWidget:
        from workbench.views.log.panel import LogPanel

        return LogPanel(self.services, self._log, self)

    def _dock(self, name: str, make: Callable[[], QWidget]) -> QDockWidget:
        """A dock whose content is made when it is first shown."""
        dock = LazyDock(make, self)
        dock.setObjectName(name)
        dock.setTitleBarWidget(PanelTitle(self.services, dock))
        dock.setAllowedAreas(
            Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        dock.hide()
        return dock

    def _take_action(self, action: QAction) -> None:
        self.addAction(action)

    def _page_shown(self, page_id: str) -> None:
        self.rail.show_current(page_id)
        page = self.host.current()
        stack = page.undo_stack() if page else None
        if stack is not None and stack not in self.undo.stacks():
            self.undo.addStack(stack)
        self.undo.setActiveStack(stack)
        self.services.session.touch()

    def _panels_changed(self) -> None:
        self.services.actions.refresh()

    def _show_laid(self, page_id: str) -> None:
        """A page that is shown already takes at once what lies there for it."""
        page = self.show_page(page_id)
        page.take_from_desk()

    def _show_models(self) -> None:
        self.show_page("models")

    def _open_menu(self) -> None:
        from workbench.views.shell.menu import fill_menu

        fill_menu(self.menu, self.services.actions)
        button = self.rail.brand
        self.menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _shrink_to_screen(self) -> None:
        screen = self.screen().availableGeometry()
        self.resize(self.size().boundedTo(screen.size()))

    def _come_back(self) -> None:
        """A monitor may have gone since: the window must be where one can see it."""
        frame = self.frameGeometry()
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        if any(
            screen.intersected(frame).width() >= 200 and screen.intersected(frame).height() >= 100
            for screen in screens
        ):
            return
        home = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(self.size().boundedTo(home.size()))
        self.move(home.center() - self.rect().center())


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab would stop here."""
    policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(policy) and widget.isEnabled() and widget.isVisible()
