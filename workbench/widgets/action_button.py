"""A push button that shows a registered action: text, icon, tooltip, enabled state."""

from __future__ import annotations

from typing import Literal

from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QPushButton, QWidget

from workbench.services.container import Services

ButtonRole = Literal["primary", "normal", "quiet"]


class ActionButton(QPushButton):
    """Follows its action; the role chooses its look in the style sheet."""

    def __init__(
        self,
        services: Services,
        action: QAction,
        role: ButtonRole = "normal",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._once = role == "primary"
        self.setProperty("role", role)
        icon = action.property("icon-name")
        if isinstance(icon, str) and icon:
            tint = "on-accent" if role == "primary" else "text"
            services.icons.bind(self, icon, tint)
        self.clicked.connect(self._trigger)
        action.changed.connect(self._follow)
        self._follow()

    def action(self) -> QAction:
        """The action behind the button."""
        return self._action

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second half of a double click on Run does not press the Stop that took its place."""
        if not self._once:
            super().mouseDoubleClickEvent(event)

    def _trigger(self) -> None:
        self._action.trigger()

    def _follow(self) -> None:
        self.setText(self._action.text())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())
        enabled = self._action.isEnabled()
        if not enabled and self.hasFocus():
            self.clearFocus()  # Qt would pass it on to whatever comes first in the window
        self.setEnabled(enabled)
        if self._action.isCheckable():
            self.setCheckable(True)
            self.setChecked(self._action.isChecked())
