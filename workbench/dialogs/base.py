"""What every dialog shares: margins, a title, Escape, destroyed when closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from workbench.services.container import Services


class Dialog(QDialog):
    """A window-modal dialog that is opened with `open` and never blocks the loop.

    Attributes:
        column: Where a subclass puts its parts.
    """

    def __init__(self, services: Services, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.services = services
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 20, 20, 16)
        self.column.setSpacing(12)

    def wide(self, characters: int, lines: int) -> None:
        """A size in characters and lines of text, so that it grows with the text."""
        metrics = self.fontMetrics()
        wanted = (metrics.averageCharWidth() * characters, metrics.lineSpacing() * lines)
        room = self.screen().availableGeometry()
        self.resize(min(wanted[0], room.width() - 40), min(wanted[1], room.height() - 40))

    def snug(self, characters: int) -> None:
        """As wide as `characters`, as high as its wrapped texts need. Call it last."""
        width = self.fontMetrics().averageCharWidth() * characters
        width = max(width, self.layout().minimumSize().width())
        self.setMinimumWidth(width)
        self.resize(width, self.layout().totalHeightForWidth(width))
