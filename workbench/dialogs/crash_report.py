"""Shows an unforeseen error, with everything worth copying. Nothing is sent."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QPushButton, QWidget

from workbench.dialogs.base import Dialog
from workbench.services.container import Services
from workbench.services.crash import CrashReport
from workbench.widgets.plain import PlainLabel


class CrashDialog(Dialog):
    """What happened in one line, the rest below, Copy and Open folder."""

    def __init__(self, services: Services, report: CrashReport, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("crash")
        self._report = report
        self.setWindowTitle(self.tr("Something went wrong"))
        if report.previous:
            head = self.tr("Lathe ended unexpectedly the last time.")
        else:
            head = self.tr("Something unforeseen happened. Your work is saved; you can go on.")
        title = PlainLabel(head, self)
        title.setProperty("role", "section")
        title.setWordWrap(True)
        what = PlainLabel(report.title, self)
        what.setWordWrap(True)
        self.text = QPlainTextEdit(self._everything(), self)
        self.text.setProperty("role", "mono")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Details"))
        self.copy = QPushButton(self.tr("Copy details"), self)
        self.copy.clicked.connect(self._copy)
        self.folder = QPushButton(self.tr("Open folder"), self)
        self.folder.setVisible(report.file is not None)
        self.folder.clicked.connect(self._open)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.folder, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(title)
        self.column.addWidget(what)
        self.column.addWidget(self.text, 1)
        self.column.addWidget(buttons)
        self.wide(96, 30)

    def _everything(self) -> str:
        lines = [self._report.text.rstrip()]
        info = self.services.model.info
        if info is not None:
            lines.append(f"\nModel: {info.ref.id}, {info.device}, {info.dtype}")
        rows = self.services.jobs.rows()
        if rows and not self._report.previous:
            lines.append(f"\nLast job: {rows[-1].title} ({rows[-1].state})")
        return "\n".join(lines)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._everything())

    def _open(self) -> None:
        if self._report.file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._report.file.parent)))
