"""Which text is read: the teaching corpus or a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from workbench.widgets.elided import ElidedCombo, may_shrink


class TextSourceField(QWidget):
    """A picker and, beside it, the button that chooses a file.

    Signals:
        edited(str): The file that the person wants; empty = the teaching corpus.
    """

    edited = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self.combo = ElidedCombo(self)
        self.combo.setObjectName(f"{name}-text")
        may_shrink(self.combo)
        self.file = QPushButton(self)
        self.file.setObjectName(f"{name}-file")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.combo, 1)
        row.addWidget(self.file)
        self.combo.activated.connect(self._chosen)
        self.file.clicked.connect(self._ask)
        self.retranslate()

    def set_path(self, path: str) -> None:
        """Show this file; empty = the teaching corpus."""
        self._path = path
        self.combo.clear()
        self.combo.addItem(self.tr("Teaching corpus"), "")
        if path:
            self.combo.addItem(Path(path).name, path)
            self.combo.setCurrentIndex(1)
        self.combo.setToolTip(path)

    def take_file(self, path: str) -> None:
        """The person chose this file."""
        self.edited.emit(path)

    def retranslate(self) -> None:
        """Set every text again."""
        self.file.setText(self.tr("File…"))
        self.file.setToolTip(self.tr("A text file (UTF-8)"))
        self.set_path(self._path)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _chosen(self, index: int) -> None:
        self.edited.emit(str(self.combo.itemData(index) or ""))

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Text to read"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()
