"""Which items of an evaluation are shown, and in which order: search, chips, sorting."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QAbstractProxyModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from workbench.viewmodels.evaluate_answers import Show
from workbench.viewmodels.evaluate_items import ItemsTable

Index = QModelIndex | QPersistentModelIndex
NO_PARENT: Final = QModelIndex()


class ItemsFilter(QAbstractProxyModel):
    """Keeps the rows that contain every word and that a chip asks for, in the order asked for.

    Rows are chosen and sorted here in one go: a `QSortFilterProxyModel` would call back into
    Python for every row and every comparison, which takes seconds for some thousand items.

    Signals:
        chosen_anew(): Other rows are shown, or in another order; a selection must be set again.
    """

    chosen_anew = Signal()

    def __init__(self, table: ItemsTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._words: tuple[str, ...] = ()
        self._sort: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._rows: list[int] = []
        self._at: dict[int, int] = {}
        self.show_only = Show.ALL
        self.setSourceModel(table)
        self._take(self._chosen())
        table.modelAboutToBeReset.connect(self.beginResetModel)
        table.modelReset.connect(self._reset)
        table.dataChanged.connect(self._changed)
        table.headerDataChanged.connect(self.headerDataChanged)

    # Choosing

    def set_search(self, text: str) -> None:
        """Words in any order, in id, input or expected answer; empty shows everything."""
        self._words = tuple(text.casefold().split())
        self.renew()

    def set_show(self, show: Show) -> None:
        """Show only these rows."""
        self.show_only = show
        self.renew()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sort = (column, order)
        self.renew()

    def renew(self) -> None:
        """Choose and sort again, as answers came since."""
        rows = self._chosen()
        if rows == self._rows:
            return
        self.beginResetModel()
        self._take(rows)
        self.endResetModel()
        self.chosen_anew.emit()

    def source_rows(self) -> list[int]:
        """Rows of the table that are shown, in the order shown."""
        return list(self._rows)

    def _chosen(self) -> list[int]:
        found = self._table.chosen(self._words, self.show_only)
        column, order = self._sort
        if column >= 0 and found:
            ranks = self._table.order_by(column)
            found.sort(key=ranks.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
        return found

    def _take(self, rows: list[int]) -> None:
        self._rows = rows
        self._at = {row: place for place, row in enumerate(rows)}

    def _reset(self) -> None:
        self._take(self._chosen())
        self.endResetModel()
        self.chosen_anew.emit()

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        """Answers of one row came."""
        place = self._at.get(first.row())
        if place is not None:
            left, right = self.index(place, first.column()), self.index(place, last.column())
            self.dataChanged.emit(left, right)

    # Qt

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return self._table.columnCount(parent)

    def index(self, row: int, column: int, parent: Index = NO_PARENT) -> QModelIndex:
        inside = 0 <= row < len(self._rows) and 0 <= column < self._table.columnCount()
        return self.createIndex(row, column) if inside and not parent.isValid() else QModelIndex()

    def parent(self, _index: Index = NO_PARENT) -> QModelIndex:  # type: ignore[override]
        return QModelIndex()

    def mapToSource(self, index: Index) -> QModelIndex:
        if not index.isValid():
            return QModelIndex()
        return self._table.index(self._rows[index.row()], index.column())

    def mapFromSource(self, index: Index) -> QModelIndex:
        place = self._at.get(index.row()) if index.isValid() else None
        return QModelIndex() if place is None else self.index(place, index.column())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        return self._table.headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._table.cell(self._rows[index.row()], index.column(), role)
