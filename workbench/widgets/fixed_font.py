"""The monospace face at the size of the window's text."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget

# The application's font is set before its widgets hear of it in one of these ways.
FONT_CHANGES: Final = (
    QEvent.Type.ApplicationFontChange,
    QEvent.Type.FontChange,
    QEvent.Type.StyleChange,
)


def fixed_font() -> QFont:
    """The system's monospace face, as large as the text beside it."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QApplication.font().pointSizeF())
    return font


def use_fixed_font(widget: QWidget, bold: bool = False) -> None:
    """Give a widget that face, now and whenever the size of the text changes."""
    follower = widget.findChild(_Follower, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if follower is None:
        follower = _Follower(widget)
        widget.installEventFilter(follower)
    follower.bold = bold
    follower.dress(widget)


class _Follower(QObject):
    """Dresses its parent again when the application's font is another one."""

    bold = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in FONT_CHANGES and isinstance(watched, QWidget):
            self.dress(watched)
        return False

    def dress(self, widget: QWidget) -> None:
        """Give it the face, unless it has it already."""
        font, worn = fixed_font(), widget.font()
        font.setBold(self.bold)
        if (worn.pointSizeF(), worn.family(), worn.bold()) != (
            font.pointSizeF(), font.family(), font.bold(),
        ):  # fmt: skip
            widget.setFont(font)
