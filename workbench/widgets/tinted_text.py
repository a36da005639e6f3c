"""A text in stretches, each with a tint behind it and a tooltip of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from workbench.widgets.fixed_font import FONT_CHANGES, use_fixed_font
from workbench.widgets.prompt_editor import fit_height
from workbench.widgets.token_text import units
from workbench.widgets.tones import Tones, current_tones

MOST_LINES = 18


@dataclass(frozen=True)
class Stretch:
    """A stretch of the text.

    Attributes:
        text: As it stands.
        tint: Gives its ground for a theme; None = no tint.
        tip: What hovering says (rich text is escaped by whoever writes it); empty = nothing.
        dim: Draw the text dimmed.
        marked: Underline it.
    """

    text: str
    tint: Callable[[Tones], QColor] | None = None
    tip: str = ""
    dim: bool = False
    marked: bool = False


class TintedText(QPlainTextEdit):
    """Read-only and selectable; what is copied is the text.

    Args:
        most_lines: Scroll beyond this many lines.
    """

    def __init__(self, parent: QWidget | None = None, most_lines: int = MOST_LINES) -> None:
        super().__init__(parent)
        self._stretches: tuple[Stretch, ...] = ()
        self._starts: list[int] = []
        self._most = most_lines
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        use_fixed_font(self)

    def stretches(self) -> tuple[Stretch, ...]:
        """What is shown."""
        return self._stretches

    def set_stretches(self, stretches: Sequence[Stretch]) -> None:
        """Show these, in order."""
        self._take(stretches)
        self._write()

    def follow(self, stretches: Sequence[Stretch]) -> None:
        """Show these; what they begin with in common with what is shown stays as it stands.

        For a text that grows: a stretch counts as the same only if its tint is the same object.
        """
        before, length = self._stretches, sum(units(one.text) for one in self._stretches)
        same = 0
        for old, new in zip(before, stretches, strict=False):
            if old != new:
                break
            same += 1
        if same == len(before) == len(stretches):
            return
        start = self._starts[same] if same < len(before) else length
        self._take(stretches)
        if same and self.document().characterCount() - 1 == length:
            self._write_from(same, start)
        else:
            self._write()

    def set_most_lines(self, lines: int) -> None:
        """Scroll beyond this many lines."""
        if lines != self._most:
            self._most = lines
            fit_height(self, 1, lines)

    def tip_at(self, position: int) -> str:
        """What hovering says at a character (in UTF-16 units)."""
        place = bisect_right(self._starts, position) - 1
        return self._stretches[place].tip if 0 <= place < len(self._stretches) else ""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cursor = self.cursorForPosition(event.pos())
            QToolTip.showText(event.globalPos(), self.tip_at(cursor.position()), self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_height(self, 1, self._most)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._stretches:
            self._write()
        elif event.type() in FONT_CHANGES:
            use_fixed_font(self)
            fit_height(self, 1, self._most)

    def _take(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = tuple(stretches)
        self._starts = []
        place = 0
        for stretch in self._stretches:
            self._starts.append(place)
            place += units(stretch.text)

    def _write(self) -> None:
        self.setUpdatesEnabled(False)
        self.clear()
        self._write_from(0, 0)
        self.setUpdatesEnabled(True)

    def _write_from(self, first: int, start: int) -> None:
        """Replace everything from a character on by the stretches from one on."""
        tones = current_tones()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setPosition(start)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        for stretch in self._stretches[first:]:
            look = QTextCharFormat()
            look.setForeground(tones.dim if stretch.dim else tones.text)
            if stretch.tint is not None:
                look.setBackground(stretch.tint(tones))
            if stretch.marked:
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
                look.setUnderlineColor(tones.accent)
            cursor.insertText(stretch.text, look)
        cursor.endEditBlock()
        fit_height(self, 1, self._most)
