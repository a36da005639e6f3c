"""The list of runs as a Qt table model: filtered and sorted in one pass over plain values."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QIcon

from engine.store.runs import RunInfo, RunStatus
from engine.store.search import Found
from workbench.services.numbers import duration
from workbench.services.tips import tip
from workbench.viewmodels.runs_words import (
    cells_text,
    model_text,
    status_name,
    title_of,
    when_text,
)

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
StatusIcon = Callable[[RunStatus], QIcon | None]
NO_PARENT: Final = QModelIndex()
RUN_ROLE: Final = int(Qt.ItemDataRole.UserRole)
FOUND_ROLE: Final = RUN_ROLE + 1
DAY_S: Final = 86_400.0


class Column(IntEnum):
    """The columns, left to right."""

    RUN = 0
    STATUS = 1
    CELLS = 2
    MODEL = 3
    WHEN = 4
    TIME = 5


@dataclass(frozen=True)
class RunFilter:
    """Which runs to show; what is empty lets everything pass.

    Attributes:
        kind: A job's kind.
        status: A status, or ``"open"``: what can be resumed.
        model: Name of a model among those asked.
        days: Started within so many days; 0 = ever.
        archived: Whether archived runs are shown too.
    """

    kind: str = ""
    status: str = ""
    model: str = ""
    days: int = 0
    archived: bool = False

    def passes(self, run: RunInfo, now: float) -> bool:
        """Whether a run is shown."""
        return (
            (not self.kind or run.kind == self.kind)
            and self._stands(run)
            and (not self.model or self.model in run.models)
            and (not self.days or now - run.started <= self.days * DAY_S)
            and (self.archived or not run.archived)
        )

    def _stands(self, run: RunInfo) -> bool:
        if self.status == "open":
            return run.resumable
        return not self.status or run.status == self.status


class RunsTable(QAbstractTableModel):
    """One row per run that passes the filter and the search.

    No proxy stands between: a Python filter asked row by row, index by index, takes ten times as
    long as one pass over the values, and 10,000 runs must not be felt.

    Args:
        icon: Gives the icon that stands before a status; None = no icons.
    """

    def __init__(self, icon: StatusIcon | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._runs: tuple[RunInfo, ...] = ()
        self._shown: list[RunInfo] = []
        self._found: Mapping[str, Found] | None = None
        self._filter = RunFilter()
        self._sort = (Column.WHEN, Qt.SortOrder.DescendingOrder)

    def set_runs(self, runs: tuple[RunInfo, ...]) -> None:
        """Show these runs; rows keep their places where nothing came or went."""
        self._runs = runs
        self._arrange()

    def set_filter(self, wanted: RunFilter) -> None:
        """Show only what passes."""
        if wanted != self._filter:
            self._filter = wanted
            self._arrange()

    def set_found(self, found: Iterable[Found] | None) -> None:
        """Show only runs in which something was found, with the hits; None = no search."""
        self._found = None if found is None else {one.run_id: one for one in found}
        self._arrange(hits_changed=True)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sort = (Column(max(0, column)), order)
        self._arrange()

    @property
    def all_runs(self) -> tuple[RunInfo, ...]:
        """Every run, shown or not."""
        return self._runs

    @property
    def searching(self) -> bool:
        """Whether rows show what was found in them."""
        return self._found is not None

    @property
    def filter(self) -> RunFilter:
        return self._filter

    def row_of(self, run_id: str) -> int:
        """The row of a run; -1 when it is not shown."""
        return next((row for row, run in enumerate(self._shown) if run.id == run_id), -1)

    def refresh(self) -> None:
        """Every text anew (a new language)."""
        self._tell_changed()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.RUN: translate("RunsTable", "Run"),
            Column.STATUS: translate("RunsTable", "Status"),
            Column.CELLS: translate("RunsTable", "Answers"),
            Column.MODEL: translate("RunsTable", "Model"),
            Column.WHEN: translate("RunsTable", "Started"),
            Column.TIME: translate("RunsTable", "Took"),
        }[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        run, column = self._shown[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column == Column.STATUS:
            return self._icon(run.status) if self._icon else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._tip(run, column))
        if role == RUN_ROLE:
            return run
        if role == FOUND_ROLE:
            return self._found.get(run.id) if self._found is not None else None
        return None

    def _text(self, run: RunInfo, column: Column) -> str:
        match column:
            case Column.RUN:
                return title_of(run)
            case Column.STATUS:
                return status_name(run.status)
            case Column.CELLS:
                return cells_text(run)
            case Column.MODEL:
                return model_text(run)
            case Column.WHEN:
                return when_text(run.started)
        return duration(run.seconds) if run.seconds else "–"

    def _tip(self, run: RunInfo, column: Column) -> str:
        if column == Column.CELLS and run.failed:
            if run.failed == 1:
                return translate("RunsTable", "1 answer failed")
            return translate("RunsTable", "{n} answers failed").format(n=run.failed)
        if column == Column.MODEL:
            return "\n".join(run.models)
        lines = [title_of(run), run.topic]
        lines += [" ".join(f"#{tag}" for tag in run.tags), run.note[:300]]
        return "\n".join(filter(None, lines))

    def _arrange(self, hits_changed: bool = False) -> None:
        now = time.time()
        shown = [
            run
            for run in self._runs
            if self._filter.passes(run, now) and (self._found is None or run.id in self._found)
        ]
        column, order = self._sort
        descending = order == Qt.SortOrder.DescendingOrder
        shown.sort(key=lambda run: run.started, reverse=True)
        shown.sort(key=_sort_key(column), reverse=descending)
        if [run.id for run in shown] == [run.id for run in self._shown]:
            changed = hits_changed or shown != self._shown
            self._shown = shown
            if changed:
                self._tell_changed()
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def _tell_changed(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _alignment(column: Column) -> int:
    """Numbers stand at the right, words at the left."""
    number = column in (Column.CELLS, Column.TIME)
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _sort_key(column: Column) -> Callable[[RunInfo], tuple[str, float]]:
    order = ("running", "interrupted", "cancelled", "failed", "finished")

    def key(run: RunInfo) -> tuple[str, float]:
        match column:
            case Column.RUN:
                return title_of(run).casefold(), 0.0
            case Column.STATUS:
                return "", float(order.index(run.status))
            case Column.CELLS:
                return "", float(run.cells)
            case Column.MODEL:
                return model_text(run).casefold(), 0.0
            case Column.WHEN:
                return "", run.started
        return "", run.seconds

    return key
