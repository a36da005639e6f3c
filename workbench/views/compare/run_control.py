"""The page's primary button: Run, and Stop while a run is under way."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from workbench.services.actions import ActionRegistry
from workbench.viewmodels.compare import CompareModel
from workbench.widgets.page_header import PageHeader

RUN, STOP = "compare.run", "compare.stop"


class RunControl(QObject):
    """Swaps Run and Stop in the header, and keeps the keyboard's focus where it was.

    The second click of a double click on Run lands on Stop: until it is over, Stop waits.
    """

    def __init__(self, model: CompareModel, actions: ActionRegistry, header: PageHeader) -> None:
        super().__init__(header)
        self._model = model
        self._actions = actions
        self._header = header
        self._others: tuple[QPushButton, ...] = ()
        self._focus_stop = False
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.timeout.connect(self._stop_ready)
        model.running_changed.connect(self.running_changed)

    def also(self, button: QPushButton) -> None:
        """Another button that runs, whose focus goes to Stop as well."""
        self._others = (*self._others, button)

    def can_run(self) -> bool:
        """Whether nothing runs."""
        return not self._model.running

    def can_stop(self) -> bool:
        """Whether a run may be stopped already."""
        return self._model.running and not self._guard.isActive()

    def running_changed(self, running: bool) -> None:
        """A run began, or the last one ended."""
        if running:
            self._guard.start(QApplication.doubleClickInterval())
        else:
            self._guard.stop()
        if not self._actions.has(RUN):
            return
        buttons = (self._header.primary, *self._others)
        had_focus = any(button is not None and button.hasFocus() for button in buttons)
        self._actions.refresh()
        button = self._header.set_primary(self._actions.action(STOP if running else RUN))
        if had_focus:
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus_stop = had_focus and running

    def take_focus(self) -> None:
        """Give the keyboard to the primary button."""
        if self._header.primary is not None:
            self._header.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop_ready(self) -> None:
        self._actions.refresh()
        if self._focus_stop:
            focus = QApplication.focusWidget()
            if focus is None or focus is self._header.window():
                self.take_focus()
        self._focus_stop = False
