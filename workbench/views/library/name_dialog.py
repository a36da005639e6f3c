"""Asks for the name of a prompt."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPushButton, QWidget

from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.widgets.plain import PlainLabel


class NameDialog(Dialog):
    """One field; nothing is done with an empty name.

    Signals:
        named(str): The name that the person gave.
    """

    named = Signal(str)

    def __init__(
        self, services: Services, title: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(services, title, parent)
        label = PlainLabel(self.tr("Name"), self)
        self.field = QLineEdit(name, self)
        self.field.setObjectName("prompt-name")
        self.field.selectAll()
        label.setBuddy(self.field)
        buttons = QDialogButtonBox(self)
        self.ok = QPushButton(self.tr("Save"), self)
        self.ok.setProperty("role", "primary")
        self.ok.setDefault(True)
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText(self.tr("Cancel"))
        for part in (label, self.field, buttons):
            self.column.addWidget(part)
        self.field.textChanged.connect(self._offer)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        self._offer()
        self.snug(48)

    def _offer(self) -> None:
        self.ok.setEnabled(bool(self.field.text().strip()))

    def _accept(self) -> None:
        self.named.emit(self.field.text().strip())
        self.accept()
