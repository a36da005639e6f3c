"""A dock that makes its content the first time it is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QWidget


class LazyDock(QDockWidget):
    """Costs nothing until somebody opens it."""

    def __init__(self, make: Callable[[], QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self._make = make

    def content(self) -> QWidget:
        """The content, made now if it was never shown."""
        if self.widget() is None:
            self.setWidget(self._make())
        return self.widget()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the content."""
        self.content()
        super().showEvent(event)
