"""What an empty place says: one sentence, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.services.container import Services
from workbench.widgets.action_button import ActionButton
from workbench.widgets.plain import PlainLabel


class EmptyState(QWidget):
    """Icon, sentence and at most one button, in the middle of the place."""

    def __init__(
        self,
        services: Services,
        icon: str,
        action: QAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._icon_name = icon
        self._icon = QLabel(self)
        self.text = PlainLabel(self)
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.text)
        if action is not None:
            self.button = ActionButton(services, action, "normal", self)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        services.theme.changed.connect(self._restyle)
        self._restyle()

    def set_text(self, text: str) -> None:
        """Set the sentence (again, after a language change)."""
        self.text.setText(text)

    def _restyle(self) -> None:
        edge = self._services.theme.icon_size() * 2
        self._icon.setPixmap(self._services.icons.pixmap(self._icon_name, edge, "muted"))
