"""A text field for one element of a prompt: grows with its text, shows its variables."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QEvent, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from workbench.widgets.tones import current_tones

VARIABLE: Final = re.compile(r"\{\{\s*([^\W\d]\w*)[^{}]*\}\}")
_HISTORY_KEYS: Final = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class VariableHighlighter(QSyntaxHighlighter):
    """Marks ``{{name}}``; a name without a value gets a wavy line."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._known = QTextCharFormat()
        self._unknown = QTextCharFormat()
        self._missing: frozenset[str] = frozenset()

    def set_look(self) -> None:
        """Take the colours of now."""
        tones = current_tones()
        self._known.setForeground(tones.accent)
        self._known.setFontWeight(QFont.Weight.DemiBold)
        self._unknown.setForeground(tones.bad)
        self._unknown.setFontWeight(QFont.Weight.DemiBold)
        self._unknown.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        self._unknown.setUnderlineColor(tones.bad)
        self.rehighlight()

    def set_missing(self, names: Collection[str]) -> None:
        """Names that have no value yet."""
        if frozenset(names) != self._missing:
            self._missing = frozenset(names)
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if "{{" not in text:
            return
        for match in VARIABLE.finditer(text):
            missing = match.group(1) in self._missing
            start = len(text[: match.start()].encode("utf-16-le")) // 2
            length = len(match.group().encode("utf-16-le")) // 2
            self.setFormat(start, length, self._unknown if missing else self._known)


class PromptEditor(QPlainTextEdit):
    """A plain-text field between `least` and `most` lines high, without a history of its own.

    Signals:
        edited(str): The person changed the text.
        undo_wanted(), redo_wanted(): The history keys; the prompt's history is shared.
        run_wanted(): Ctrl+Enter.
    """

    edited = Signal(str)
    undo_wanted = Signal()
    redo_wanted = Signal()

    def __init__(self, least: int = 2, most: int = 10, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._most = least, most
        self._setting = False
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(5)
        self._highlighter = VariableHighlighter(self.document())
        self._highlighter.set_look()
        self.textChanged.connect(self._text_changed)
        self.document().documentLayout().documentSizeChanged.connect(self._document_grew)
        self._fit()

    def set_text(self, text: str) -> None:
        """Show a text from outside; only what differs is replaced, the cursor goes there."""
        old = self.toPlainText()
        if old == text:
            return
        start, old_end, new_end = _difference(old, text)
        self._setting = True
        cursor = self.textCursor()
        cursor.setPosition(_units(old[:start]))
        cursor.setPosition(_units(old[:old_end]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[start:new_end])
        self.setTextCursor(cursor)
        self._setting = False

    def set_missing(self, names: Collection[str]) -> None:
        """Variables that have no value yet are marked."""
        self._highlighter.set_missing(names)

    def event(self, event: QEvent) -> bool:
        """Leave the history keys to the prompt's own history."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if any(event.matches(key) for key in _HISTORY_KEYS):
                event.ignore()
                return False
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
                event.modifiers() & Qt.KeyboardModifier.ControlModifier
            ):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_wanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The usual menu, with undo and redo of the prompt's history."""
        menu = self.createStandardContextMenu()
        first = menu.actions()[0] if menu.actions() else None
        for text, signal in (
            (self.tr("Undo"), self.undo_wanted),
            (self.tr("Redo"), self.redo_wanted),
        ):
            action = QAction(text, menu)
            action.triggered.connect(signal)
            menu.insertAction(first, action) if first else menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._highlighter.set_look()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _text_changed(self) -> None:
        if not self._setting:
            self.edited.emit(self.toPlainText())

    def _document_grew(self, size: QSizeF) -> None:
        self._fit()

    def _fit(self) -> None:
        fit_height(self, self._least, self._most)


def fit_height(editor: QPlainTextEdit, least: int, most: int) -> None:
    """Make an editor as high as its text, between `least` and `most` lines."""
    spacing = editor.fontMetrics().lineSpacing()
    wanted = 0.0
    block = editor.document().begin()
    while block.isValid() and wanted < most * spacing:
        wanted += editor.blockBoundingRect(block).height()
        block = block.next()
    text = max(least * spacing, min(most * spacing, math.ceil(wanted)))
    frame = max(2 * editor.frameWidth(), editor.height() - editor.viewport().height())
    height = text + 2 * math.ceil(editor.document().documentMargin()) + frame + 2
    if editor.maximumHeight() != height or editor.minimumHeight() != height:
        editor.setFixedHeight(height)


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _difference(old: str, new: str) -> tuple[int, int, int]:
    """Start of the difference, its end in `old`, its end in `new`."""
    limit = min(len(old), len(new))
    start = 0
    while start < limit and old[start : start + 256] == new[start : start + 256]:
        start = min(limit, start + 256)
    while start < limit and old[start] == new[start]:
        start += 1
    back = 0
    while back < limit - start and old[-1 - back] == new[-1 - back]:
        back += 1
    return start, len(old) - back, len(new) - back
