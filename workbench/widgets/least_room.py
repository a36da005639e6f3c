"""A part that gets at least some room: where the window has less, it scrolls."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class LeastRoom(QScrollArea):
    """Around one widget, which is squeezed down to `set_least` and no further."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self._room = _Room(content)
        self.setWidget(self._room)
        for part in (self._room, self.viewport()):
            part.setAutoFillBackground(False)

    def set_least(self, width: int, height: int) -> None:
        """Scroll below this size."""
        self._room.setMinimumSize(width, height)


class _Room(QWidget):
    """Without a layout, whose wish for height a scroll area would grant."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        content.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._content.setGeometry(self.rect())
