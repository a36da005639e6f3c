"""The documents: files and pasted texts, each with a way out; buttons that add more."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.services.container import Services
from workbench.services.tips import tip
from workbench.viewmodels.context_documents import KEPT_CHARS, DocumentsModel
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.text_field import TextField

PASTE_LINES = 4
NAME_CHARS = 32


class SourcesBar(QWidget):
    """Chips of documents; a field for text that is no file opens on demand.

    Signals:
        files_wanted(): The person wants to choose files.
    """

    files_wanted = Signal()

    def __init__(
        self, services: Services, model: DocumentsModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._services = services
        self.choose = QPushButton(self)
        self.choose.setObjectName("documents-choose")
        services.icons.bind(self.choose, "folder")
        self.paste = QPushButton(self)
        self.paste.setObjectName("documents-paste")
        self.paste.setCheckable(True)
        self.paste.setProperty("role", "quiet")
        self.field = TextField(PASTE_LINES, self)
        self.field.setObjectName("documents-text")
        self.add = QPushButton(self)
        self.add.setObjectName("documents-add")
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
        self.choose.clicked.connect(self.files_wanted)
        self.paste.toggled.connect(self.pasting.setVisible)
        self.add.clicked.connect(self._add_text)
        self._retranslate()

    def refresh(self) -> None:
        """Show the documents of the choice."""
        choice = self._model.choice
        wanted = {path: Path(path).name for path in choice.files}
        wanted |= {f"text:{one.name}": one.name for one in choice.texts}
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
        self._services.icons.bind(chip, "file")
        chip.clicked.connect(partial(self._remove, key))
        self._flow.addWidget(chip)
        chip.show()
        return chip

    def _name_chips(self) -> None:
        kept = {one.name for one in self._model.choice.kept()}
        for key, chip in self.chips.items():
            name = key.removeprefix("text:")
            told = self.tr("Remove {name}").format(name=name)
            chip.setAccessibleName(told)
            if key.startswith("text:") and name not in kept:
                gone = self.tr(
                    "Too long to be kept for the next start ({n} characters in all); "
                    "save it as a file to keep it."
                ).format(n=f"{KEPT_CHARS:,}")
                chip.setAccessibleDescription(gone)
                told = f"{told}\n{gone}"
            else:
                chip.setAccessibleDescription("")
            chip.setToolTip(tip(told))

    def _remove(self, key: str, _checked: bool = False) -> None:
        if key.startswith("text:"):
            self._model.remove_text(key.removeprefix("text:"))
        else:
            self._model.remove_file(key)

    def _add_text(self) -> None:
        if self.field.toPlainText().strip():
            self._model.add_text(self.tr("Pasted text"), self.field.toPlainText())
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
