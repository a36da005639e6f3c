"""A part that folds away under its title."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.services.container import Services


class Collapsible(QWidget):
    """Title with an arrow over a content.

    Signals:
        toggled(bool): The content was opened (True) or folded away.
    """

    toggled = Signal(bool)

    def __init__(
        self,
        services: Services,
        title: str,
        content: QWidget,
        parent: QWidget | None = None,
        opened: bool = False,
    ) -> None:
        super().__init__(parent)
        self._icons = services.icons
        self.content = content
        self.head = QPushButton(title, self)
        self.head.setProperty("role", "fold")
        self.head.setCursor(Qt.CursorShape.PointingHandCursor)
        self.head.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.head.clicked.connect(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(content)
        self._opened = opened
        self._show()

    def set_title(self, title: str) -> None:
        """Set the title (again, after a language change)."""
        self.head.setText(title)
        self.head.setAccessibleName(title)

    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self._opened

    def set_open(self, opened: bool) -> None:
        """Show the content or fold it away."""
        if opened != self._opened:
            self._opened = opened
            self._show()
            self.toggled.emit(opened)

    def _toggle(self) -> None:
        self.set_open(not self._opened)

    def _show(self) -> None:
        self.content.setVisible(self._opened)
        self._icons.bind(self.head, "chevron-down" if self._opened else "chevron-right", "muted")
