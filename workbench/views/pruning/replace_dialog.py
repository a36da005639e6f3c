"""Asks before a pruned model takes the place of another."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QDialogButtonBox, QWidget

from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.widgets.plain import PlainLabel


class ReplaceDialog(Dialog):
    """Names the folder; nothing happens unless the person says so."""

    def __init__(self, services: Services, folder: Path, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("replace-pruned")
        self.setWindowTitle(self.tr("Replace the pruned model?"))
        head = PlainLabel(
            self.tr("“{name}” holds a pruned model already.").format(name=folder.name), self
        )
        head.setProperty("role", "section")
        head.setWordWrap(True)
        place = PlainLabel(str(folder), self)
        place.setProperty("role", "muted")
        place.setWordWrap(True)
        note = PlainLabel(
            self.tr("It is lost as soon as the new one is whole; until then it stays."), self
        )
        note.setWordWrap(True)
        self.buttons = QDialogButtonBox(self)
        self.replace = self.buttons.addButton(
            self.tr("Replace it"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.keep = self.buttons.addButton(
            self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        self.replace.setAutoDefault(False)
        self.keep.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for widget in (head, place, note, self.buttons):
            self.column.addWidget(widget)
        self.snug(60)
        self.keep.setFocus()
