"""Search and table over the models of this computer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.models.spec import LoadState, ModelEntry
from workbench.services.container import Services
from workbench.viewmodels.models_table import (
    ENTRY_ROLE,
    Column,
    Key,
    ModelsSearch,
    ModelsTable,
    key_of,
)
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.rows_view import Fit, RowsView

FIT: Final = Fit(
    stretch=Column.NAME,
    least=22,
    giving_way=(Column.LAST_USED, Column.ARCHITECTURE, Column.PARAMETERS, Column.SIZE),
    widest={Column.ARCHITECTURE: 24},
)
STATE_ICONS: Final = {
    "loaded": ("check", "good"),
    "loading": ("refresh", "accent"),
    "failed": ("error", "bad"),
}


class ModelList(QWidget):
    """The left half of the page.

    Signals:
        selected(object): The `ModelEntry` the person chose, or None.
        load_wanted(): Return or a double click on a model.
    """

    selected = Signal(object)
    load_wanted = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.table = ModelsTable(self._icon, self)
        self._search = ModelsSearch(self)
        self._search.setSourceModel(self.table)
        self._restoring = False
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.view = RowsView(FIT, self)
        self.empty = EmptyState(services, "search", None, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self._dress_view()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self._stack, 1)
        self.search.textChanged.connect(self._searched)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.view.doubleClicked.connect(self.load_wanted)
        self.view.return_pressed.connect(self.load_wanted)
        services.theme.changed.connect(self.view.fit_rows)
        self.retranslate()

    def show_entries(self, entries: tuple[ModelEntry, ...], keep: Key | None) -> None:
        """Show these models; the one named by `keep` stays (or becomes) selected."""
        self._restoring = True
        self.table.set_entries(entries)
        self._restoring = False
        self.view.fit_columns()
        self._show_empty()
        if keep is not None:
            self.select(keep)

    def show_states(self, states: Mapping[Key, LoadState]) -> None:
        """Show the real states."""
        self.table.set_states(states)
        self.view.fit_columns()

    def select(self, key: Key) -> bool:
        """Select a model and scroll to it; False when it is not shown."""
        for row in range(self._search.rowCount()):
            index = self._search.index(row, 0)
            entry = index.data(ENTRY_ROLE)
            fits = isinstance(entry, ModelEntry) and (
                key_of(entry) == key or (key[1] is None and entry.id == key[0])
            )
            if fits:
                self.view.selectRow(row)
                self.view.scrollTo(index)
                self._selected(QItemSelection(), QItemSelection())
                return True
        return False

    def retranslate(self) -> None:
        """Set every text again."""
        self.search.setPlaceholderText(self.tr("Search models"))
        self.search.setAccessibleName(self.tr("Search models"))
        self.view.setAccessibleName(self.tr("Models on this computer"))
        self.empty.set_text(self.tr("No model matches the search."))
        self.table.refresh()

    def save_state(self) -> dict[str, object]:
        """Search and sorting."""
        header = self.view.horizontalHeader()
        return {
            "search": self.search.text(),
            "sort": [header.sortIndicatorSection(), header.sortIndicatorOrder().value],
        }

    def restore_state(self, state: dict[str, object]) -> None:
        """Bring back what `save_state` gave."""
        self.search.setText(str(state.get("search", "")))
        sort = state.get("sort")
        if isinstance(sort, list) and len(sort) == 2 and sort[0] in range(len(Column)):
            order = Qt.SortOrder.DescendingOrder if sort[1] else Qt.SortOrder.AscendingOrder
            self.view.sortByColumn(int(sort[0]), order)

    def _icon(self, entry: ModelEntry, state: LoadState) -> QIcon | None:
        """An icon before the state, so that colour does not speak alone."""
        name, role = STATE_ICONS.get(state, ("", ""))
        if not name and entry.problem:
            name, role = "warning", "warning"
        return self._services.icons.icon(name, role) if name else None

    def _dress_view(self) -> None:
        view = self.view
        view.setModel(self._search)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setSortingEnabled(True)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def _searched(self, text: str) -> None:
        self._search.set_search(text)
        self._show_empty()

    def _show_empty(self) -> None:
        nothing = self._search.rowCount() == 0 and self.table.rowCount() > 0
        self._stack.setCurrentWidget(self.empty if nothing else self.view)

    def _selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        if self._restoring:
            return
        rows = self.view.selectionModel().selectedRows()
        entry = rows[0].data(ENTRY_ROLE) if rows else None
        self.selected.emit(entry if isinstance(entry, ModelEntry) else None)
