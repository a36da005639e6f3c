"""A prompt's elements one below the other, or what changed in them, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from engine.prompting.diff import Piece
from workbench.widgets.tones import current_tones, mix


@dataclass(frozen=True)
class Section:
    """One element.

    Attributes:
        title: What stands above it.
        element: Its kind, for the tint (`engine.prompting.elements.ElementKind`); empty = none.
        pieces: Its text, with what was added and removed.
    """

    title: str
    element: str
    pieces: tuple[Piece, ...]


class ElementsView(QTextEdit):
    """Read-only. Added words are underlined, removed ones struck through: not colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: tuple[Section, ...] = ()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show these, from the top."""
        self._sections = tuple(sections)
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._write()

    def _write(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for place, section in enumerate(self._sections):
            self._write_section(cursor, section, place == 0)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _write_section(self, cursor: QTextCursor, section: Section, first: bool) -> None:
        tones = current_tones()
        head, body = QTextBlockFormat(), QTextBlockFormat()
        head.setTopMargin(0 if first else 12)
        body.setTopMargin(2)
        title = QTextCharFormat()
        title.setForeground(tones.dim)
        title.setFontWeight(QFont.Weight.DemiBold)
        if first:
            cursor.setBlockFormat(head)
        else:
            cursor.insertBlock(head)
        if section.element in tones.elements:
            mark = QTextCharFormat(title)
            mark.setBackground(tones.elements[section.element])
            cursor.insertText("  ", mark)
            cursor.insertText(" ", title)
        cursor.insertText(section.title, title)
        cursor.insertBlock(body)
        for piece in section.pieces:
            look = QTextCharFormat()
            look.setForeground(tones.text)
            if piece.change == "added":
                look.setBackground(mix(tones.base, tones.good, 0.22))
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
                look.setUnderlineColor(tones.good)
            elif piece.change == "removed":
                look.setForeground(tones.bad)
                look.setBackground(mix(tones.base, tones.bad, 0.12))
                look.setFontStrikeOut(True)
            cursor.insertText(piece.text, look)
