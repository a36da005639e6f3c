"""Asks after a crash whether to bring back the work from then."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QLabel, QWidget

from workbench.dialogs.base import Dialog
from workbench.services.container import Services


class RecoverDialog(Dialog):
    """Bring back, or start fresh; closing it decides nothing and asks again next time."""

    def __init__(self, services: Services, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("recover")
        self.setWindowTitle(self.tr("Bring back your work?"))
        head = QLabel(self.tr("Lathe did not close properly the last time."), self)
        head.setProperty("role", "section")
        note = QLabel(
            self.tr("Your pages were saved shortly before. You can continue from there."), self
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(self)
        self.bring_back = buttons.addButton(
            self.tr("Bring back"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.start_fresh = buttons.addButton(
            self.tr("Start fresh"), QDialogButtonBox.ButtonRole.DestructiveRole
        )
        self.bring_back.clicked.connect(self._restore)
        self.start_fresh.clicked.connect(self._forget)
        for widget in (head, note, buttons):
            self.column.addWidget(widget)
        self.snug(64)

    def _restore(self) -> None:
        self.accept()
        self.services.session.restore_crashed()

    def _forget(self) -> None:
        self.services.session.forget_crashed()
        self.reject()
