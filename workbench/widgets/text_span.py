"""A read-only text in which one stretch is underlined."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from workbench.widgets.token_text import units
from workbench.widgets.tones import current_tones, mix


class SpanText(QPlainTextEdit):
    """Selectable; marks where an answer was found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span = (-1, -1)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_text(self, text: str, start: int = -1, end: int = -1) -> None:
        """Show a text; characters `start` to `end` are marked (-1 = none)."""
        if text != self.toPlainText():
            self.setPlainText(text)
        self._span = (units(text[:start]), units(text[:end])) if start >= 0 else (-1, -1)
        self._mark()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._mark()

    def _mark(self) -> None:
        start, end = self._span
        if start < 0:
            self.setExtraSelections([])
            return
        tones = current_tones()
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        look.setUnderlineColor(tones.accent)
        look.setBackground(mix(tones.base, tones.accent, 0.14))
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = cursor, look
        self.setExtraSelections([selection])
