"""Which text is read: the teaching corpus, a file, or the prompt of Compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.viewmodels.pruning_setup import SOURCES, TextChoice
from workbench.widgets.elided import ElidedCombo, may_shrink


class TextPicker(QWidget):
    """A picker, beside it the button that chooses a file, and below it a data set's column.

    Signals:
        edited(): The person wants another text; `choice` says which.
        columns_wanted(str): This data set is shown: `set_columns` is to say what it has.
    """

    edited = Signal()
    columns_wanted = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = TextChoice()
        self.combo = ElidedCombo(self)
        self.combo.setObjectName(f"{name}-source")
        may_shrink(self.combo)
        self.file = QPushButton(self)
        self.file.setObjectName(f"{name}-file")
        self.column = ElidedCombo(self)
        self.column.setObjectName(f"{name}-column")
        may_shrink(self.column)
        self._columns: tuple[str, ...] = ()
        self._looked_into = ""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.combo, 1)
        row.addWidget(self.file)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(row)
        rows.addWidget(self.column)
        self.combo.activated.connect(self._chosen)
        self.column.activated.connect(self._column_chosen)
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
        self.column.setAccessibleName(self.tr("Column of the data set"))
        self.column.setToolTip(self.tr("Which column of the data set is read"))
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def take_file(self, path: str) -> None:
        """Read this file."""
        self.choice = TextChoice("file", path)
        self._looked_into = ""
        self._show()
        self.edited.emit()

    def set_columns(self, path: str, columns: tuple[str, ...]) -> None:
        """What the columns of a data set are called; of another one it is heard too late."""
        if path == self._looked_into:
            self._columns = columns
            self._show_column()

    def _show_column(self) -> None:
        choice = self.choice
        self.column.setVisible(choice.is_data_set)
        if not choice.is_data_set:
            return
        if self._looked_into != choice.path:
            self._looked_into, self._columns = choice.path, ()
            self.columns_wanted.emit(choice.path)
        self.column.clear()
        self.column.addItem(self.tr("Questions and answers"), "")
        known = self._columns
        if choice.column and choice.column not in known:
            known = (choice.column, *known)
        for name in known:
            self.column.addItem(self.tr("Column {name}").format(name=name), name)
        self.column.setCurrentIndex(max(0, self.column.findData(choice.column)))

    def _column_chosen(self, index: int) -> None:
        column = str(self.column.itemData(index) or "")
        if column != self.choice.column:
            self.choice = replace(self.choice, column=column)
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
        self._show_column()

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
