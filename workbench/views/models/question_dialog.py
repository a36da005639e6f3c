"""A question before something that cannot be taken back, or that needs trust."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.widgets.plain import PlainLabel

LINE_CHARS = 56


class QuestionDialog(QDialog):
    """Title, plain text, what it is about, and one button that does it.

    Args:
        title: The window's title and heading.
        text: What will happen, and what could go wrong.
        subject: What it happens to (a path, a name); selectable.
        accept_text: Text of the button that does it.
        consent_text: A box that must be ticked first; empty = none.
    """

    def __init__(
        self,
        title: str,
        text: str,
        subject: str,
        accept_text: str,
        consent_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        heading = PlainLabel(title, self)
        heading.setProperty("role", "section")
        heading.setWordWrap(True)
        body = PlainLabel(text, self)
        body.setWordWrap(True)
        named = PlainLabel(subject, self)
        named.setProperty("role", "mono")
        named.setWordWrap(True)
        named.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.consent = QCheckBox(consent_text, self)
        self.consent.setVisible(bool(consent_text))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.accept_button = QPushButton(accept_text, self)
        self.buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        self.accept_button.setAutoDefault(False)
        self.accept_button.setEnabled(not consent_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        for widget in (heading, body, named, self.consent, self.buttons):
            column.addWidget(widget)
        self.consent.toggled.connect(self.accept_button.setEnabled)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * LINE_CHARS)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
