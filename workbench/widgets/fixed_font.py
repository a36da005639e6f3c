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


def use_fixed_font(widget: QWidget) -> None:
    """Give a widget that face, now and whenever the size of the text changes; bold stays bold."""
    if widget.findChild(_Follower, options=Qt.FindChildOption.FindDirectChildrenOnly) is None:
        widget.installEventFilter(_Follower(widget))
    _dress(widget)


def _dress(widget: QWidget) -> None:
    font = fixed_font()
    if widget.font().pointSizeF() != font.pointSizeF() or widget.font().family() != font.family():
        font.setBold(widget.font().bold())
        widget.setFont(font)


class _Follower(QObject):
    """Dresses its parent again when the application's font is another one."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in FONT_CHANGES and isinstance(watched, QWidget):
            _dress(watched)
        return False
