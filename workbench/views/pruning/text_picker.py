"""Which text is read: the teaching corpus, a file, or the prompt of Compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from workbench.viewmodels.pruning_setup import SOURCES, TextChoice
from workbench.widgets.elided import ElidedCombo


class TextPicker(QWidget):
    """A picker and, beside it, the button that chooses a file.

    Signals:
        edited(): The person wants another text; `choice` says which.
    """

    edited = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = TextChoice()
        self.combo = ElidedCombo(self)
        self.combo.setObjectName(f"{name}-source")
        self.combo.setSizeAdjustPolicy(
            ElidedCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(10)
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

    def set_choice(self, choice: TextChoice) -> None:
        """Show a choice."""
        self.choice = choice
        self._show()

    def retranslate(self) -> None:
        """Set every text again."""
        self.file.setText(self.tr("File…"))
        self.file.setToolTip(self.tr("A text file (UTF-8), or a data set whose texts are read"))
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def take_file(self, path: str) -> None:
        """Read this file."""
        self.choice = replace(self.choice, source="file", path=path)
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        self.combo.clear()
        texts = {
            "teaching": self.tr("Teaching corpus"),
            "file": Path(self.choice.path).name or self.tr("A file…"),
            "prompt": self.tr("The prompt of Compare"),
        }
        for source in SOURCES:
            self.combo.addItem(texts[source], source)
        self.combo.setCurrentIndex(self.combo.findData(self.choice.source))
        self.combo.setToolTip(self.choice.path if self.choice.source == "file" else "")

    def _chosen(self, index: int) -> None:
        source = self.combo.itemData(index)
        if source == "file" and not self.choice.path:
            self._ask()
            self._show()
        elif source != self.choice.source:
            self.choice = replace(self.choice, source=source)
            self.edited.emit()

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Text to read"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()
