"""The list of runs with its search and filters."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.store.runs import RunInfo, RunStatus
from workbench.services.container import Services
from workbench.viewmodels.runs_table import RUN_ROLE, Column, RunsTable
from workbench.views.runs.filters import RunFilters
from workbench.views.runs.row_delegate import RunDelegate, row_height
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.rows_view import Fit, RowsView

FIT: Final = Fit(
    stretch=Column.RUN,
    least=34,
    giving_way=(Column.TIME, Column.MODEL, Column.CELLS, Column.WHEN),
    widest={Column.MODEL: 20},
)
ICONS: Final[dict[RunStatus, tuple[str, str]]] = {
    "running": ("play", "accent"),
    "finished": ("check", "good"),
    "cancelled": ("stop", "muted"),
    "failed": ("error", "bad"),
    "interrupted": ("warning", "warning"),
}


class RunList(QWidget):
    """The left half of the page.

    Signals:
        selected(object): Ids of the selected runs, top to bottom.
        open_wanted(): Return or a double click on a run.
    """

    selected = Signal(object)
    open_wanted = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._keeping = False
        self._kept: tuple[str, ...] = ()
        self.table = RunsTable(self._icon, self)
        self.filters = RunFilters(self)
        self.view = RowsView(FIT, self, self._row_height)
        self.view.setModel(self.table)
        self.nothing = EmptyState(services, "search", None, self)
        self.count = PlainLabel(self)
        set_role(self.count, "small")
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.nothing)
        self._dress()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.filters)
        column.addWidget(self.stack, 1)
        column.addWidget(self.count)
        self.filters.changed.connect(self.table.set_filter)
        self.table.modelAboutToBeReset.connect(self._keep)
        self.table.modelReset.connect(self._bring_back)
        self.table.modelReset.connect(self._show_count)
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)
        self.view.doubleClicked.connect(self.open_wanted)
        self.view.return_pressed.connect(self.open_wanted)
        services.theme.changed.connect(self.view.fit_rows)
        self.retranslate()

    def ids(self) -> tuple[str, ...]:
        """Ids of the selected runs, top to bottom."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        runs = (self.table.index(row, 0).data(RUN_ROLE) for row in rows)
        return tuple(run.id for run in runs if isinstance(run, RunInfo))

    def select(self, run_ids: tuple[str, ...]) -> None:
        """Select these runs, those that are shown."""
        picker = self.view.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        self._keeping = True
        picker.clearSelection()
        first = True
        for run_id in run_ids:
            row = self.table.row_of(run_id)
            if row >= 0:
                index = self.table.index(row, 0)
                picker.select(index, flags.Select | flags.Rows)
                if first:
                    picker.setCurrentIndex(index, flags.NoUpdate)
                first = False
        self._keeping = False
        self._selection_changed()

    def offer(self, everything: QAction) -> None:
        """What leads out of a search that finds nothing."""
        self.stack.removeWidget(self.nothing)
        self.nothing.setParent(None)  # gone from the window now, not when the loop comes round
        self.nothing.deleteLater()
        self.nothing = EmptyState(self._services, "search", everything, self)
        self.stack.addWidget(self.nothing)
        self.retranslate()

    def refreshed(self) -> None:
        """The list was read: offer what occurs, and say how much there is."""
        self.filters.set_runs(self.table.all_runs)
        self.view.fit_columns()
        self._show_count()

    def retranslate(self) -> None:
        """Set every text again."""
        self.filters.retranslate()
        self.view.setAccessibleName(self.tr("Stored runs"))
        self.nothing.set_text(self.tr("No run fits the search and the filters."))
        self.table.refresh()
        self._show_count()

    def _icon(self, status: RunStatus) -> QIcon:
        return self._services.icons.icon(*ICONS[status])

    def _row_height(self) -> int:
        return row_height(self.fontMetrics())

    def _dress(self) -> None:
        view = self.view
        view.setItemDelegateForColumn(Column.RUN, RunDelegate(view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.horizontalHeader().setSortIndicator(Column.WHEN, Qt.SortOrder.DescendingOrder)
        view.setSortingEnabled(True)

    def _keep(self) -> None:
        self._keeping = True

    def _bring_back(self) -> None:
        """What was chosen stays chosen; what a search hides comes back when it is shown again."""
        kept = self._kept
        self._keeping = False
        self.select(kept)
        self._kept = kept

    def _selection_changed(self) -> None:
        if not self._keeping:
            self._kept = self.ids()
            self.selected.emit(self._kept)

    def _show_count(self) -> None:
        shown, every = self.table.rowCount(), len(self.table.all_runs)
        nothing = every > 0 and shown == 0
        self.stack.setCurrentWidget(self.nothing if nothing else self.view)
        if shown == every == 1:
            self.count.setText(self.tr("1 run"))
        elif shown == every:
            self.count.setText(self.tr("{n} runs").format(n=every))
        else:
            self.count.setText(self.tr("{n} of {m} runs").format(n=shown, m=every))
