"""The jobs as a table: newest first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workbench.services.jobs import JobRow, JobService
from workbench.services.numbers import duration
from workbench.services.tips import tip

Index = QModelIndex | QPersistentModelIndex
JOB, STATE, PROGRESS, LEFT, STOP = range(5)
ROW_ROLE: Final = Qt.ItemDataRole.UserRole


class JobsTable(QAbstractTableModel):
    """Columns: job, state, progress (with the step), time left, and room for a Stop button."""

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._ids: list[str] = [row.id for row in reversed(jobs.rows())]
        jobs.row_added.connect(self._added)
        jobs.row_changed.connect(self._changed)
        jobs.row_removed.connect(self._removed)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else 5

    def job(self, index: Index) -> JobRow | None:
        """The job of a row."""
        return self._jobs.row(self._ids[index.row()]) if index.isValid() else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.job(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row.error_text or row.title)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        titles = (self.tr("Job"), self.tr("State"), self.tr("Progress"), self.tr("Time"), "")
        return titles[section]

    def retranslate(self) -> None:
        """Ask the view to read every text again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, STOP)
        if self._ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, STOP))

    def state_text(self, row: JobRow) -> str:
        """A job's state in words."""
        if row.stopping and row.active:
            return self.tr("stopping")
        return {
            "queued": self.tr("waiting"),
            "running": self.tr("running"),
            "finished": self.tr("finished"),
            "failed": self.tr("failed"),
            "cancelled": self.tr("stopped"),
        }[row.state]

    def _text(self, row: JobRow, column: int) -> str:
        match column:
            case 0:
                return row.title
            case 1:
                return self.state_text(row)
            case 2:
                return row.error_text or row.step_text
            case 3:
                if row.remaining_s is not None:
                    return self.tr("{time} left").format(time=duration(row.remaining_s))
                if row.ended_at is not None and row.started_at is not None:
                    return duration(row.ended_at - row.started_at)
        return ""

    def _added(self, job_id: str) -> None:
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._ids.insert(0, job_id)
        self.endInsertRows()

    def _changed(self, job_id: str) -> None:
        at = self._ids.index(job_id)
        self.dataChanged.emit(self.index(at, 0), self.index(at, STOP))

    def _removed(self, job_id: str) -> None:
        at = self._ids.index(job_id)
        self.beginRemoveRows(QModelIndex(), at, at)
        self._ids.pop(at)
        self.endRemoveRows()
