"""The exact text that was sent: the template's own tokens dimmed, each element tinted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from engine.prompting.render import SentPart
from workbench.widgets.fixed_font import FONT_CHANGES, use_fixed_font
from workbench.widgets.prompt_editor import fit_height
from workbench.widgets.tones import current_tones

MOST_LINES: Final = 8


class SentView(QPlainTextEdit):
    """Read-only and selectable; what is copied is what the model read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[SentPart, ...] = ()
        self._most = MOST_LINES
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("SentView { border: none; padding: 0; background: transparent; }")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        use_fixed_font(self)

    def set_parts(self, parts: Sequence[SentPart]) -> None:
        """Show the stretches in order."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_height(self, 1, self._most)

    def set_most_lines(self, lines: int) -> None:
        """Scroll beyond this many lines."""
        if lines != self._most:
            self._most = lines
            fit_height(self, 1, lines)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._parts:
            self._write()
        elif event.type() in FONT_CHANGES:
            use_fixed_font(self)
            fit_height(self, 1, self._most)

    def _write(self) -> None:
        tones = current_tones()
        self.setUpdatesEnabled(False)
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for part in self._parts:
            look = QTextCharFormat()
            if part.element is None:
                look.setForeground(tones.dim)
            else:
                look.setForeground(tones.text)
                look.setBackground(tones.elements[part.element])
            cursor.insertText(part.text, look)
        cursor.endEditBlock()
        self.setUpdatesEnabled(True)
        fit_height(self, 1, self._most)
