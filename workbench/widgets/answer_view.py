"""One answer of an overlay: shared tokens dimmed, differing ones marked, the first boxed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from workbench.widgets.fixed_font import FONT_CHANGES, use_fixed_font
from workbench.widgets.prompt_editor import fit_height
from workbench.widgets.token_text import displayed, shown, units
from workbench.widgets.tones import current_tones, mix

LEAST_LINES: Final = 3
MOST_LINES: Final = 9


class AnswerView(QPlainTextEdit):
    """Read-only; differences can be walked through and are selected when reached."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ()
        self._marks: tuple[str, ...] = ()
        self._spans: list[tuple[int, int]] = []
        self._at = -1
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._use_fixed_font()

    def set_tokens(self, texts: Sequence[str], marks: Sequence[str]) -> None:
        """Show tokens; marks are ``"same"``, ``"differs"`` or ``"first"``, one per token."""
        self._texts, self._marks = tuple(texts), tuple(marks)
        self._at = -1
        self._write()

    def differences(self) -> int:
        """How many runs of differing tokens there are."""
        return len(self._spans)

    def go_to_difference(self, step: int) -> int:
        """Select the next or previous run that differs; returns its number, -1 without any."""
        if not self._spans:
            return -1
        self._at = (self._at + step) % len(self._spans) if self._at >= 0 else 0
        start, end = self._spans[self._at]
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        return self._at

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_height(self, LEAST_LINES, MOST_LINES)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._texts:
            self._write()
        elif event.type() in FONT_CHANGES:
            self._use_fixed_font()

    def _use_fixed_font(self) -> None:
        use_fixed_font(self)

    def _looks(self) -> dict[str, QTextCharFormat]:
        tones = current_tones()
        same, differs, first = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        same.setForeground(tones.dim)
        differs.setForeground(tones.text)
        differs.setBackground(mix(tones.base, tones.accent, 0.14))
        differs.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        differs.setUnderlineColor(tones.accent)
        first.setForeground(tones.text)
        first.setBackground(mix(tones.base, tones.warn, 0.30))
        first.setFontWeight(QFont.Weight.Bold)
        first.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        first.setUnderlineColor(tones.warn)
        return {"same": same, "differs": differs, "first": first}

    def _write(self) -> None:
        looks = self._looks()
        self._spans = []
        self.setUpdatesEnabled(False)
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        position, open_run = 0, False
        for text, mark in zip(self._texts, self._marks, strict=True):
            visible = displayed(text)
            if mark != "same" and not visible.strip():
                visible = shown(text).replace("∅", "") + ("\n" if "\n" in visible else "")
            cursor.insertText(visible, looks[mark])
            length = units(visible)
            if mark == "same":
                open_run = False
            elif open_run:
                self._spans[-1] = (self._spans[-1][0], position + length)
            elif length:
                self._spans.append((position, position + length))
                open_run = True
            position += length
        cursor.endEditBlock()
        self.setUpdatesEnabled(True)
        fit_height(self, LEAST_LINES, MOST_LINES)
