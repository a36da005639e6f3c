"""What this program is: versions, licences, where it keeps files."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.dialogs.base import Dialog
from workbench.services.container import Services

COMPONENTS = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("torch", "BSD-3-Clause"),
    ("transformers", "Apache-2.0"),
    ("bitsandbytes", "MIT"),
    ("pyqtgraph", "MIT"),
    ("qasync", "BSD-2-Clause"),
)


class AboutDialog(Dialog):
    """Name, version, what it is made of."""

    def __init__(self, services: Services, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("about")
        self.setWindowTitle(self.tr("About Lathe"))
        icon = QLabel(self)
        icon.setPixmap(services.icons.pixmap("lathe", services.theme.icon_size() * 3, "accent"))
        title = QLabel(f"Lathe {version('lathe-workbench')}", self)
        title.setObjectName("page-title")
        what = QLabel(self.tr("A workbench for local language models."), self)
        what.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(title)
        names.addWidget(what)
        head.addLayout(names, 1)
        self.text = QLabel(self._facts(), self)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        copy = QPushButton(self.tr("Copy"), self)
        copy.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.column.addLayout(head)
        self.column.addWidget(self.text, 1)
        self.column.addWidget(buttons)
        self.snug(68)

    def _facts(self) -> str:
        paths = self.services.paths
        lines = [self.tr("Licence: Apache-2.0. Nothing is sent anywhere unless you download.")]
        lines.append("")
        lines.append(f"Python {platform.python_version()} · {platform.platform()}")
        for name, licence in COMPONENTS:
            lines.append(f"{name} {version(name)} · {licence}")
        lines.append("")
        lines.append(self.tr("Settings: {folder}").format(folder=paths.config))
        lines.append(self.tr("Your work: {folder}").format(folder=paths.data))
        lines.append(self.tr("Logs: {folder}").format(folder=paths.logs))
        return "\n".join(lines)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"Lathe {version('lathe-workbench')}\n{self._facts()}")


def version(package: str) -> str:
    """The installed version of a package, or a dash."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "–"
