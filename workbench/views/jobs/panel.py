"""The jobs panel: the queue, progress, time left, and a Stop button per job."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.services.container import Services
from workbench.services.jobs import JobRow
from workbench.viewmodels.jobs_table import JOB, LEFT, PROGRESS, ROW_ROLE, STATE, STOP, JobsTable
from workbench.widgets.plain import PlainLabel


class JobsPanel(QWidget):
    """A table of jobs over one line of buttons."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.model = JobsTable(services.jobs, self)
        self.table = QTableView(self)
        self.table.setObjectName("jobs-table")
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(PROGRESS, _ProgressDelegate(services, self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(JOB, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PROGRESS, QHeaderView.ResizeMode.Stretch)
        for column in (STATE, LEFT, STOP):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.empty = PlainLabel(self)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clear = QPushButton(self)
        self.clear.setProperty("role", "quiet")
        self.clear.clicked.connect(services.jobs.clear_ended)
        self.copy = QAction(self)
        self.copy.triggered.connect(self._copy)
        self.table.addAction(self.copy)

        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 12, 8)
        column.setSpacing(4)
        column.addLayout(self._stack, 1)
        column.addLayout(buttons)

        self.stops: dict[str, QPushButton] = {}
        services.jobs.row_added.connect(self._row_added)
        services.jobs.row_changed.connect(self._row_changed)
        services.jobs.row_removed.connect(self._row_removed)
        services.theme.changed.connect(self._fit_rows)
        for row in services.jobs.rows():
            self._row_added(row.id)
        self._fit_rows()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.table.setAccessibleName(self.tr("Jobs"))
        self.empty.setText(self.tr("Nothing has run yet. What you start appears here."))
        self.clear.setText(self.tr("Clear finished"))
        self.copy.setText(self.tr("Copy details"))
        for job_id, button in self.stops.items():
            self._dress(button, self._services.jobs.row(job_id))
        self.model.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _row_added(self, job_id: str) -> None:
        row = self._services.jobs.row(job_id)
        if row is not None and row.active:
            button = QPushButton(self.table)
            button.setProperty("role", "quiet")
            button.setObjectName(f"stop-{job_id}")
            button.setProperty("job", job_id)
            button.clicked.connect(self._stop)
            self._services.icons.bind(button, "stop", "bad")
            self._dress(button, row)
            self.stops[job_id] = button
            self.table.setIndexWidget(self.model.index(0, STOP), button)
        self._show_which()

    def _row_changed(self, job_id: str) -> None:
        row = self._services.jobs.row(job_id)
        button = self.stops.get(job_id)
        if button is None or row is None:
            return
        button.setEnabled(not row.stopping)
        if not row.active:
            self.stops.pop(job_id)
            # The view must let go of the button first: it shows the widgets of its cells anew at
            # every layout, a dying one too.
            self.table.setIndexWidget(self._stop_place(job_id), None)

    def _stop_place(self, job_id: str) -> QModelIndex:
        """The cell of a job's Stop button."""
        rows = (self.model.index(at, STOP) for at in range(self.model.rowCount()))
        return next(
            (at for at in rows if getattr(self.model.job(at), "id", "") == job_id), QModelIndex()
        )

    def _row_removed(self, _job_id: str) -> None:
        self._show_which()

    def _show_which(self) -> None:
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)

    def _stop(self) -> None:
        self._services.jobs.cancel(str(self.sender().property("job")))

    def _dress(self, button: QPushButton, row: JobRow | None) -> None:
        button.setText(self.tr("Stop"))
        if row is not None:
            button.setAccessibleName(self.tr("Stop “{job}”").format(job=row.title))

    def _copy(self) -> None:
        index: QModelIndex = self.table.currentIndex()
        row = self.model.job(index)
        if row is not None:
            parts = [row.title, self.model.state_text(row)]
            if row.error is not None:
                parts += [row.error_text, row.error.detail]
            QGuiApplication.clipboard().setText("\n".join(parts))

    def _fit_rows(self) -> None:
        height = self.table.fontMetrics().height() + 16
        self.table.verticalHeader().setDefaultSectionSize(height)


class _ProgressDelegate(QStyledItemDelegate):
    """A thin bar with the step beside it while the job runs."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = services.theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, JobRow) or row.state != "running" or row.fraction is None:
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(option.rect).adjusted(8, 0, -8, 0)
        bar = QRectF(area.x(), area.center().y() - 3, min(140.0, area.width() / 2), 6)
        painter.setBrush(self._theme.colour("line"))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setBrush(self._theme.colour("accent"))
        done = QRectF(bar.x(), bar.y(), max(bar.width() * row.fraction, 6.0), 6)
        painter.drawRoundedRect(done, 3, 3)
        painter.setPen(self._theme.colour("text"))
        text = area.adjusted(bar.width() + 12, 0, 0, 0)
        words = option.fontMetrics.elidedText(
            f"{row.fraction:.0%}  {row.step_text}", Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()
