"""A text in stretches that tells which of them was clicked."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from workbench.widgets.tinted_text import TintedText
from workbench.widgets.token_text import units


class ClickableText(TintedText):
    """Tells which stretch was clicked.

    Signals:
        clicked(int): Number of the stretch.
    """

    clicked = Signal(int)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            place = self.cursorForPosition(event.position().toPoint()).position()
            starts, at = [], 0
            for stretch in self.stretches():
                starts.append(at)
                at += units(stretch.text)
            if starts and place <= at:
                self.clicked.emit(bisect_right(starts, place) - 1)
