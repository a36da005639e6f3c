"""Which encoder finds passages by meaning: the loaded model itself, or a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from workbench.widgets.elided import ElidedCombo, may_shrink

OWN, FOLDER = 0, 1


class FolderField(QWidget):
    """A picker and, beside it, the button that chooses a folder.

    Attributes:
        path: The folder; empty = the loaded model's own states.

    Signals:
        edited(): The person wants another encoder.
    """

    edited = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = ""
        self.combo = ElidedCombo(self)
        self.combo.setObjectName(name)
        may_shrink(self.combo, 8)
        self.choose = QPushButton(self)
        self.choose.setObjectName(f"{name}-folder")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.combo, 1)
        row.addWidget(self.choose)
        self.combo.activated.connect(self._chosen)
        self.choose.clicked.connect(self._ask)
        self.retranslate()

    def set_path(self, path: str) -> None:
        """Show this folder; empty = the model itself."""
        self.path = path
        self.combo.clear()
        self.combo.addItem(self.tr("own states"), "")
        if path:
            self.combo.addItem(Path(path).name, path)
            self.combo.setCurrentIndex(FOLDER)
        self.combo.setToolTip(path or self.tr("Means of the loaded model's last states"))

    def take_folder(self, path: str) -> None:
        """The person chose this folder."""
        self.set_path(path)
        self.edited.emit()

    def retranslate(self) -> None:
        """Set every text again."""
        self.choose.setText(self.tr("Folder…"))
        self.choose.setToolTip(self.tr("A folder of a sentence-transformers model"))
        self.set_path(self.path)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _chosen(self, index: int) -> None:
        if index == OWN and self.path:
            self.take_folder("")

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Folder of an encoder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_folder)
        dialog.open()
