"""The prompts of the library with their search; what was chosen stays chosen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelection, QModelIndex, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from engine.prompting.library import Entry
from workbench.services.container import Services
from workbench.viewmodels.library import LibraryFilter, LibraryTable
from workbench.widgets.chips import Chip
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.rows_view import Fit, RowsView

LANGUAGES: Final = ("", "en", "zh")
LANGUAGE_COLUMN: Final = 1
FIT: Final = Fit(stretch=0, least=20, giving_way=(LANGUAGE_COLUMN,))
LIST_CHARS: Final = 36


class PromptList(QWidget):
    """The left half of the page.

    Signals:
        selected(): Another prompt is selected, or none.
        edited(): The search or the language changed.
        use_wanted(): Return or a double click on a prompt.
    """

    selected = Signal()
    edited = Signal()
    use_wanted = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = LibraryTable(self)
        self.filter = LibraryFilter(self.table, self)
        self.search = QLineEdit(self)
        self.search.setObjectName("library-search")
        self.search.setClearButtonEnabled(True)
        self.chips = {language: Chip(self, compact=True) for language in LANGUAGES}
        self._group = QButtonGroup(self)
        for chip in self.chips.values():
            self._group.addButton(chip)
        self.chips[""].setChecked(True)
        self.view = RowsView(FIT, self)
        self.view.setObjectName("library-table")
        self.view.setModel(self.filter)
        self.nothing = EmptyState(services, "search", None, self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.nothing)
        self._kept = ""
        self._filtering = False
        self._lay_out()
        self.search.textChanged.connect(self._searched)
        self._group.buttonClicked.connect(self._language_chosen)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.view.doubleClicked.connect(self._activated)
        self.view.return_pressed.connect(self.use_wanted)
        services.theme.changed.connect(self._fit)
        self.retranslate()

    def current(self) -> Entry | None:
        """The prompt that is selected."""
        rows = self.view.selectionModel().selectedRows()
        return self.table.entry(self.filter.mapToSource(rows[0]).row()) if rows else None

    def show_entries(self, entries: tuple[Entry, ...], wanted: str = "") -> None:
        """Show these; select `wanted`, else what was selected, else what took its place."""
        row = self.view.selectionModel().currentIndex().row()
        self._filtering = True
        self.table.set_entries(entries)
        self._filtering = False
        if wanted and self.table.row_of(wanted) >= 0:
            self._kept = wanted
        self._select_kept(instead=max(0, row))
        self.view.fit_columns()

    def language(self) -> str:
        """``"en"``, ``"zh"``, or empty for both."""
        return next(name for name, chip in self.chips.items() if chip.isChecked())

    def set_language(self, language: str) -> None:
        """Show the prompts of a language."""
        if language in self.chips:
            self.chips[language].setChecked(True)
            self._language_chosen()

    def retranslate(self) -> None:
        """Set every text again."""
        self.search.setPlaceholderText(self.tr("Search prompts"))
        self.search.setAccessibleName(self.tr("Search prompts"))
        texts = {"": self.tr("All"), "en": "English", "zh": "中文"}
        for language, chip in self.chips.items():
            chip.setText(texts[language])
            chip.updateGeometry()
        self.view.setAccessibleName(self.tr("Prompts of the library"))
        self.nothing.set_text(self.tr("No prompt matches the search."))
        self.table.retranslate()

    def _select_kept(self, instead: int = 0) -> None:
        """Select what was chosen where it is shown, else the row `instead` or the last one."""
        rows = self.filter.rowCount()
        self.stack.setCurrentWidget(
            self.nothing if self.table.rowCount() and not rows else self.view
        )
        at = self.table.row_of(self._kept)
        index = self.filter.mapFromSource(self.table.index(at, 0)) if at >= 0 else QModelIndex()
        shown = index.isValid()
        if not shown and rows:
            index = self.filter.index(min(instead, rows - 1), 0)
        kept = self._kept
        if index.isValid():
            self.view.selectRow(index.row())
            self.view.scrollTo(index)
        if at >= 0 and not shown:
            self._kept = kept  # only hidden by the search: it comes back with its end
        self.selected.emit()

    def _selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        if self._filtering:
            return
        entry = self.current()
        if entry is not None:
            self._kept = entry.id
        self.selected.emit()

    def _searched(self, text: str) -> None:
        self._filtering = True
        self.filter.set_search(text)
        self._filtering = False
        self._select_kept()
        self.edited.emit()

    def _language_chosen(self) -> None:
        self._filtering = True
        self.filter.set_language(self.language())
        self._filtering = False
        self._select_kept()
        self.edited.emit()

    def _activated(self, _index: QModelIndex) -> None:
        self.use_wanted.emit()

    def _fit(self) -> None:
        self.view.fit_rows()
        self.view.setMinimumWidth(self.view.fontMetrics().averageCharWidth() * LIST_CHARS)

    def _lay_out(self) -> None:
        head = FlowBar(self)
        flow = FlowLayout(head, 6)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 18)
        flow.addWidget(self.search)
        for chip in self.chips.values():
            flow.addWidget(chip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(head)
        column.addWidget(self.stack, 1)
        self._fit()
