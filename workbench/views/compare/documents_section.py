"""The documents of the prompt: which ones, how many of their passages, and who reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from workbench.services.icons import Icons
from workbench.viewmodels.compare_documents import MOST_PASSAGES, RANKS, DocumentChoice
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.names import column_title
from workbench.views.compare.element_field import Swatch
from workbench.widgets.elided import ElidedCombo
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import FoldHeading, set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.sources_bar import SourcesBar


class DocumentsSection(QWidget):
    """Heading, chips of documents, and below them how passages are found, once there are any.

    Signals:
        edited(object): The `DocumentChoice` as the person wants it.
        message_shown(object): The widget that says something; it should come into sight.
    """

    edited = Signal(object)
    message_shown = Signal(object)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = CompareSetup()
        self._setting = False
        self.heading = FoldHeading(self)
        self.heading.setObjectName("documents-heading")
        self.count = PlainLabel(self)
        self.content = QWidget(self)
        self.sources = SourcesBar(icons, "compare-documents", self.content)
        self.note = ErrorNote(self.content)
        self.settings = FlowBar(self.content)
        self._most = QWidget(self.settings)
        self.passages_label = PlainLabel(self._most)
        self.passages = QSpinBox(self._most)
        self.passages.setObjectName("compare-passages")
        self.passages.setRange(1, MOST_PASSAGES)
        self.rank: QComboBox = ElidedCombo(self.settings)
        self.rank.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.rank.setObjectName("compare-rank")
        self.readers = PlainLabel(self.content)
        self.readers.setObjectName("compare-readers")
        self.readers.setWordWrap(True)
        self._lay_out()
        self._connect()
        self.content.hide()
        self.retranslate()

    def show_setup(self, setup: CompareSetup) -> None:
        """Show the documents of a setup, and which of its columns read them."""
        before, self._setup = self._setup.documents, setup
        documents = setup.documents
        if documents and not before:
            self.heading.setChecked(True)
        self.sources.show_documents(documents.files, documents.texts, documents.kept())
        self._setting = True
        self.passages.setValue(documents.passages)
        self.rank.setCurrentIndex(self.rank.findData(documents.rank))
        self._setting = False
        if documents != before:
            self.note.show_report(None)
        self._write()

    def show_error(self, report: ErrorReport | None) -> None:
        """Show what is wrong with the documents."""
        self.note.show_report(report)
        if report is not None:
            self.heading.setChecked(True)
            self.message_shown.emit(self.note)

    def set_open(self, is_open: bool) -> None:
        """Unfold or fold."""
        self.heading.setChecked(is_open)

    def add_files(self, paths: Iterable[str]) -> None:
        """More documents."""
        self.edited.emit(self._setup.documents.with_files(paths))

    def tab_stops(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        bar = self.sources
        return (self.heading, bar.choose, bar.paste, bar.field, bar.add, self.passages, self.rank)

    def retranslate(self) -> None:
        """Set every text again."""
        self.heading.setText(self.tr("Documents"))
        self.heading.setAccessibleName(self.tr("Documents"))
        self.heading.setToolTip(
            self.tr("Passages found in them for the question stand in the prompt's context.")
        )
        self.heading.updateGeometry()
        self.passages_label.setText(self.tr("Passages"))
        self.passages.setAccessibleName(self.tr("Most passages per question"))
        self.passages.setToolTip(
            self.tr("Most passages per question; fewer where the model's window has no room")
        )
        self.rank.blockSignals(True)
        self.rank.clear()
        for rank, text, hint in zip(RANKS, *self._rank_texts(), strict=True):
            self.rank.addItem(text, rank)
            self.rank.setItemData(self.rank.count() - 1, hint, Qt.ItemDataRole.ToolTipRole)
        self.rank.setCurrentIndex(self.rank.findData(self._setup.documents.rank))
        self.rank.blockSignals(False)
        self.rank.setAccessibleName(self.tr("How passages are found"))
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _rank_texts(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        names = (
            self.tr("by words and meaning"), self.tr("by words (BM25)"), self.tr("by meaning"),
        )  # fmt: skip
        hints = (
            self.tr("Both ranks joined by reciprocal rank fusion"),
            self.tr("Words of the question, the rare ones most; needs no encoder"),
            self.tr("Hidden states of the model itself, compared by their angle"),
        )
        return names, hints

    def _write(self) -> None:
        documents = self._setup.documents
        self.count.setText(str(len(documents)) if documents else "")
        self.settings.setVisible(bool(documents))
        self.readers.setVisible(bool(documents))
        self.rank.setToolTip(
            self.rank.itemData(self.rank.currentIndex(), Qt.ItemDataRole.ToolTipRole) or ""
        )
        reading, chosen = self._setup.reading(), self._setup.chosen()
        names = ", ".join(column_title(one.technique, one.variant("text").name) for one in reading)
        if len(reading) < len(chosen):
            text = self.tr("Read by {names}; the other columns answer without.")
            self.readers.setText(text.format(names=names))
        else:
            self.readers.setText(self.tr("Read by every column."))

    # What the person does

    def _text_added(self, name: str, text: str) -> None:
        self.edited.emit(self._setup.documents.with_text(name, text))

    def _file_removed(self, path: str) -> None:
        self.edited.emit(self._setup.documents.without_file(path))

    def _text_removed(self, name: str) -> None:
        self.edited.emit(self._setup.documents.without_text(name))

    def _settings_edited(self) -> None:
        if not self._setting:
            choice: DocumentChoice = replace(
                self._setup.documents,
                passages=self.passages.value(),
                rank=self.rank.currentData(),
            )
            self.edited.emit(choice)

    # Building

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.setContentsMargins(0, 0, 2, 0)
        head.addWidget(self.heading, 1)
        head.addWidget(self.count)
        head.addWidget(Swatch("context", self))
        set_role(self.count, "muted")
        set_role(self.readers, "muted")
        row = QHBoxLayout(self._most)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.passages_label)
        row.addWidget(self.passages)
        flow = FlowLayout(self.settings, 8)
        flow.addWidget(self._most)
        flow.addWidget(self.rank)
        inside = QVBoxLayout(self.content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        for widget in (self.sources, self.note, self.settings, self.readers):
            inside.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.content)
        for first, second in pairwise(self.tab_stops()):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        self.heading.toggled.connect(self.content.setVisible)
        self.sources.files_chosen.connect(self.add_files)
        self.sources.text_added.connect(self._text_added)
        self.sources.file_removed.connect(self._file_removed)
        self.sources.text_removed.connect(self._text_removed)
        self.passages.valueChanged.connect(self._settings_edited)
        self.rank.currentIndexChanged.connect(self._settings_edited)
