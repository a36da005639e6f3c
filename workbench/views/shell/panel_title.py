"""The head of a panel: its name and a button that closes it."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from workbench.services.container import Services


class PanelTitle(QWidget):
    """Stands in for a dock's own title bar, whose buttons no theme can tint."""

    def __init__(self, services: Services, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("panel-title")
        self.name = QLabel(self)
        self.close_button = QToolButton(self)
        services.icons.bind(self.close_button, "close", "muted")
        self.close_button.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 0)
        row.addWidget(self.name, 1)
        row.addWidget(self.close_button)
        dock.windowTitleChanged.connect(self._show_title)

    def _show_title(self, title: str) -> None:
        self.name.setText(title)
        hint = self.tr("Close “{panel}”").format(panel=title)
        self.close_button.setToolTip(hint)
        self.close_button.setAccessibleName(hint)
