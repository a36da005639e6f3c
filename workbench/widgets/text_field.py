"""A few lines of plain text among other fields."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from workbench.widgets.fixed_font import FONT_CHANGES

FRAME: Final = 14


class TextField(QPlainTextEdit):
    """Tab goes on to the next field; Ctrl + Return belongs to the page.

    Args:
        lines: How many lines of text it is high, whatever their size.
    """

    def __init__(self, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setTabChangesFocus(True)
        self._fit()

    def set_lines(self, lines: int) -> None:
        """Make it higher or lower."""
        if lines != self._lines:
            self._lines = lines
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in FONT_CHANGES:
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if ctrl and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + FRAME)
