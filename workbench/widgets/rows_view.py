"""A list of rows to choose from: dressed alike everywhere, its columns fitted to the room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

LINES: Final = 1.8
LOOKED_AT: Final = 60


@dataclass(frozen=True)
class Fit:
    """How the columns share the room.

    Attributes:
        stretch: The column that gets what is left.
        least: Characters that it should have; with no column left to hide it has two thirds.
        giving_way: Columns that hide for its sake, the first one first.
        widest: Characters that a column takes at most.
    """

    stretch: int = 0
    least: int = 16
    giving_way: Sequence[int] = ()
    widest: dict[int, int] | None = None


class RowsView(QTableView):
    """Whole rows are chosen; no grid, no wrapping, no row numbers.

    Args:
        fit: How the columns share the room.
        row_height: Of a row in pixels; None = `LINES` lines of text.

    Signals:
        return_pressed(): Return or Enter, on a row.
    """

    return_pressed = Signal()

    def __init__(
        self,
        fit: Fit,
        parent: QWidget | None = None,
        row_height: Callable[[], int] | None = None,
    ) -> None:
        super().__init__(parent)
        self._fit = fit
        self._row_height = row_height
        self._fitting = False
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(LOOKED_AT)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.fit_rows()

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        self.fit_columns()

    def fit_rows(self) -> None:
        """Rows as high as the font asks; the columns follow."""
        height = round(self.fontMetrics().height() * LINES)
        self.verticalHeader().setDefaultSectionSize(
            self._row_height() if self._row_height is not None else height
        )
        self.fit_columns()

    def natural_width(self, column: int) -> int:
        """What a column needs to show all it holds in the rows seen."""
        header = self.horizontalHeader()
        return max(self.sizeHintForColumn(column), header.sectionSizeHint(column))

    def fit_columns(self) -> None:
        """Short columns show all they hold, one gets the rest; for its sake others hide."""
        model = self.model()
        if model is None or self._fitting or not model.columnCount():
            return
        self._fitting = True
        letter, fit = self.fontMetrics().averageCharWidth(), self._fit
        needs = {
            column: self.natural_width(column)
            for column in range(model.columnCount())
            if column != fit.stretch
        }
        for column, chars in (fit.widest or {}).items():
            needs[column] = min(needs[column], letter * chars)
        room, least = self.viewport().width(), letter * fit.least
        for column in fit.giving_way:
            hidden = room - sum(needs.values()) < least
            self.setColumnHidden(column, hidden)
            if hidden:
                del needs[column]
        header = self.horizontalHeader()
        floor = least * 2 // 3 if fit.giving_way else least
        header.resizeSection(fit.stretch, max(room - sum(needs.values()), floor))
        for column, width in needs.items():
            header.resizeSection(column, width)
        self._fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Also when a scroll bar comes or goes."""
        super().resizeEvent(event)
        self.fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.return_pressed.emit()
        else:
            super().keyPressEvent(event)
