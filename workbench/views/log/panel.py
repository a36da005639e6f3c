"""The log panel: the latest lines, by level, with copy and the file's place."""

from __future__ import annotations

import html
import logging
import time

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.services.container import Services
from workbench.services.log import KEPT, Log, LogLine

LEVELS = (logging.INFO, logging.WARNING, logging.ERROR)


class LogPanel(QWidget):
    """Follows the log as it grows."""

    def __init__(self, services: Services, log: Log, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = services.theme
        self._log = log
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("log-text")
        self.text.setProperty("role", "mono")
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(KEPT)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.level = QComboBox(self)
        for level in LEVELS:
            self.level.addItem("", level)
        self.copy = QPushButton(self)
        self.copy.setProperty("role", "quiet")
        self.folder = QPushButton(self)
        self.folder.setProperty("role", "quiet")
        self.folder.setVisible(log.file is not None)
        services.icons.bind(self.copy, "copy", "muted")
        services.icons.bind(self.folder, "folder", "muted")

        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.level)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)

        self.level.currentIndexChanged.connect(self._fill)
        self.copy.clicked.connect(self._copy)
        self.folder.clicked.connect(self._open_folder)
        log.added.connect(self._add)
        services.theme.changed.connect(self._fill)
        self.retranslate()
        self._fill()

    def retranslate(self) -> None:
        """Set every text again."""
        names = (self.tr("Everything"), self.tr("Warnings and errors"), self.tr("Errors"))
        for at, name in enumerate(names):
            self.level.setItemText(at, name)
        self.level.setAccessibleName(self.tr("Which lines to show"))
        self.text.setAccessibleName(self.tr("Log"))
        self.copy.setText(self.tr("Copy"))
        self.folder.setText(self.tr("Open folder"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _fill(self) -> None:
        self.text.clear()
        self._add(tuple(self._log.lines))

    def _add(self, lines: tuple[LogLine, ...]) -> None:
        least = int(self.level.currentData())
        for line in lines:
            if line.level >= least:
                self.text.appendHtml(self._html(line))

    def _html(self, line: LogLine) -> str:
        role = "text"
        if line.level >= logging.ERROR:
            role = "bad"
        elif line.level >= logging.WARNING:
            role = "warning"
        clock = time.strftime("%H:%M:%S", time.localtime(line.at))
        name = logging.getLevelName(line.level)
        head = f"{clock} {name:<8}{line.source}: ".replace(" ", "&nbsp;")
        body = html.escape(line.text).replace(" ", "&nbsp;").replace("\n", "<br>")
        muted, colour = self._theme.colour("muted").name(), self._theme.colour(role).name()
        return (
            f'<span style="color:{muted}">{head}</span><span style="color:{colour}">{body}</span>'
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _open_folder(self) -> None:
        if self._log.file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log.file.parent)))
