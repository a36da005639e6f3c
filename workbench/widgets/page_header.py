"""The head of a page: title and one sentence at the left, the primary action at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.services.container import Services
from workbench.widgets.action_button import ActionButton
from workbench.widgets.plain import PlainLabel


class PageHeader(QWidget):
    """Title, sentence, and room for buttons; the primary one stands last."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._low = False
        self.title = PlainLabel(self)
        self.title.setObjectName("page-title")
        self.subtitle = PlainLabel(self)
        self.subtitle.setObjectName("page-subtitle")
        self.subtitle.setWordWrap(True)
        self.primary: ActionButton | None = None

        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.subtitle)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(texts, 1)
        row.addLayout(self._buttons)
        row.setAlignment(self._buttons, Qt.AlignmentFlag.AlignTop)

    def set_texts(self, title: str, subtitle: str) -> None:
        """Set both texts (again, after a language change)."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self._show_subtitle()

    def set_low(self, low: bool) -> None:
        """Whether there is no room for the sentence; the title tells it then, as its tooltip."""
        if low != self._low:
            self._low = low
            self._show_subtitle()

    def _show_subtitle(self) -> None:
        text = self.subtitle.text()
        self.subtitle.setVisible(bool(text) and not self._low)
        self.title.setToolTip(text if self._low else "")

    def set_primary(self, action: QAction) -> QPushButton:
        """Show an action as the page's primary button; replaces the one before.

        Who had just pressed the former one has the new one under the fingers: Qt would give the
        focus to whatever comes first in the window.
        """
        former = self.primary
        self.primary = ActionButton(self._services, action, "primary", self)
        self.primary.setObjectName("primary-action")
        self._buttons.addWidget(self.primary)
        if former is not None:
            if former.hasFocus():
                former.clearFocus()
                self.primary.show()
                self.primary.setFocus(Qt.FocusReason.OtherFocusReason)
            self._buttons.removeWidget(former)
            former.hide()
            former.deleteLater()
        return self.primary

    def add_button(self, widget: QWidget) -> None:
        """Add a widget before the primary action."""
        at = self._buttons.count() - (1 if self.primary is not None else 0)
        self._buttons.insertWidget(at, widget)
