"""Asks once, when jobs run, whether to close all the same."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QWidget

from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.services.preferences import CONFIRM_CLOSE
from workbench.widgets.plain import PlainLabel


class ConfirmClose(Dialog):
    """Names what still runs."""

    def __init__(self, services: Services, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("confirm-close")
        self.setWindowTitle(self.tr("Close Lathe?"))
        active = services.jobs.active()
        head = PlainLabel(self.tr("Jobs still run: {n}.").format(n=len(active)), self)
        head.setProperty("role", "section")
        names = PlainLabel("\n".join(f"•  {row.title}" for row in active[:6]), self)
        names.setWordWrap(True)
        note = PlainLabel(self.tr("Closing stops them; finished parts are kept."), self)
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        self.never = QCheckBox(self.tr("Do not ask again"), self)
        self.buttons = QDialogButtonBox(self)
        self.close_button = self.buttons.addButton(
            self.tr("Stop and close"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.stay_button = self.buttons.addButton(
            self.tr("Keep working"), QDialogButtonBox.ButtonRole.RejectRole
        )
        self.stay_button.setDefault(True)
        self.buttons.accepted.connect(self._close)
        self.buttons.rejected.connect(self.reject)
        for widget in (head, names, note, self.never, self.buttons):
            self.column.addWidget(widget)
        self.snug(60)

    def _close(self) -> None:
        if self.never.isChecked():
            self.services.settings.set(CONFIRM_CLOSE, False)
        self.accept()
