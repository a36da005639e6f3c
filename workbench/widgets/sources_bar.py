"""The documents: files and pasted texts, each with a way out; buttons that add more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.context.documents_spec import SUFFIXES, DocumentText
from workbench.services.icons import Icons
from workbench.services.tips import tip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.text_field import TextField

PASTE_LINES = 4
NAME_CHARS = 32


class SourcesBar(QWidget):
    """Chips of documents; a field for text that is no file opens on demand.

    Args:
        name: Of the place, for the names of the parts.

    Signals:
        files_chosen(object): Paths that were chosen in the dialog.
        file_removed(str): The path that goes.
        text_added(str, str): Name and text of a document that is no file.
        text_removed(str): The name of the text that goes.
    """

    files_chosen = Signal(object)
    file_removed = Signal(str)
    text_added = Signal(str, str)
    text_removed = Signal(str)

    def __init__(self, icons: Icons, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._kept: frozenset[str] = frozenset()
        self.choose = QPushButton(self)
        self.choose.setObjectName(f"{name}-choose")
        icons.bind(self.choose, "folder")
        self.paste = QPushButton(self)
        self.paste.setObjectName(f"{name}-paste")
        self.paste.setCheckable(True)
        self.paste.setProperty("role", "quiet")
        self.field = TextField(PASTE_LINES, self)
        self.field.setObjectName(f"{name}-text")
        self.add = QPushButton(self)
        self.add.setObjectName(f"{name}-add")
        self.chips: dict[str, QPushButton] = {}
        self.bar = FlowBar(self)
        self._flow = FlowLayout(self.bar, 4)
        self._flow.addWidget(self.choose)
        self._flow.addWidget(self.paste)
        self.pasting = QWidget(self)
        row = QHBoxLayout(self.pasting)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self.pasting)
        self.pasting.hide()
        self.choose.clicked.connect(self._ask_files)
        self.paste.toggled.connect(self.pasting.setVisible)
        self.add.clicked.connect(self._add_text)
        self._retranslate()

    def show_documents(
        self,
        files: Iterable[str],
        texts: Iterable[DocumentText],
        kept: Iterable[DocumentText],
    ) -> None:
        """Show these documents.

        Args:
            files: Paths.
            texts: Documents that are no files.
            kept: Those of the texts that are there again at the next start.
        """
        self._kept = frozenset(one.name for one in kept)
        wanted = {path: Path(path).name for path in files}
        wanted |= {f"text:{one.name}": one.name for one in texts}
        for key in [key for key in self.chips if key not in wanted]:
            chip = self.chips.pop(key)
            self._flow.removeWidget(chip)
            chip.deleteLater()
        for key, name in wanted.items():
            if key not in self.chips:
                self.chips[key] = self._chip(key, name)
        self._name_chips()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _chip(self, key: str, name: str) -> QPushButton:
        chip = QPushButton(self.bar)
        shown = name if len(name) <= NAME_CHARS else name[: NAME_CHARS - 1] + "…"
        chip.setText(f"{shown}  ×")
        chip.setObjectName(f"document-{name}")
        chip.setProperty("role", "quiet")
        self._icons.bind(chip, "file")
        chip.clicked.connect(partial(self._remove, key))
        self._flow.addWidget(chip)
        chip.show()
        return chip

    def _name_chips(self) -> None:
        for key, chip in self.chips.items():
            name = key.removeprefix("text:")
            told = self.tr("Remove {name}").format(name=name)
            chip.setAccessibleName(told)
            if key.startswith("text:") and name not in self._kept:
                gone = self.tr(
                    "Too long to be kept for the next start; save it as a file to keep it."
                )
                chip.setAccessibleDescription(gone)
                told = f"{told}\n{gone}"
            else:
                chip.setAccessibleDescription("")
            chip.setToolTip(tip(told))

    def _ask_files(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Documents"))
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters(
            [self.tr("Documents ({patterns})").format(patterns=patterns), self.tr("All files (*)")]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.files_chosen)
        dialog.open()

    def _remove(self, key: str, _checked: bool = False) -> None:
        if key.startswith("text:"):
            self.text_removed.emit(key.removeprefix("text:"))
        else:
            self.file_removed.emit(key)

    def _add_text(self) -> None:
        if self.field.toPlainText().strip():
            self.text_added.emit(self.tr("Pasted text"), self.field.toPlainText())
            self.field.clear()
            self.paste.setChecked(False)

    def _retranslate(self) -> None:
        self.choose.setText(self.tr("Choose files…"))
        self.choose.setToolTip(self.tr("Texts, Markdown, HTML, PDF, Word; or drop them here"))
        self.paste.setText(self.tr("Paste a text"))
        self.add.setText(self.tr("Add"))
        self.field.setPlaceholderText(self.tr("A text that is no file"))
        self.field.setAccessibleName(self.field.placeholderText())
        self._name_chips()


def dropped(event: QDropEvent) -> tuple[str, ...]:
    """The documents that are dropped."""
    paths = (url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
    return tuple(path for path in paths if Path(path).suffix.lower() in SUFFIXES)
