"""Asks for the name of a prompt."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPushButton, QWidget

from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class NameDialog(Dialog):
    """One field; nothing is done with an empty name, or with one that another prompt has.

    Args:
        taken: Names that others have; upper and lower case are alike.

    Signals:
        named(str): The name that the person gave.
    """

    named = Signal(str)

    def __init__(
        self,
        services: Services,
        title: str,
        name: str,
        parent: QWidget | None = None,
        taken: Iterable[str] = (),
    ) -> None:
        super().__init__(services, title, parent)
        self._taken = {one.casefold() for one in taken}
        label = PlainLabel(self.tr("Name"), self)
        self.clash = PlainLabel(self)
        self.clash.setWordWrap(True)
        set_role(self.clash, "bad")
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
        for part in (label, self.field, self.clash, buttons):
            self.column.addWidget(part)
        self.field.textChanged.connect(self._offer)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        self._offer()
        self.snug(48)

    def _offer(self) -> None:
        name = self.field.text().strip()
        clash = name.casefold() in self._taken
        self.clash.setText(self.tr("Another prompt has this name already.") if clash else "")
        self.clash.setVisible(clash)
        self.ok.setEnabled(bool(name) and not clash)

    def _accept(self) -> None:
        self.named.emit(self.field.text().strip())
        self.accept()
