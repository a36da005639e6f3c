"""Download a model: name → exact size → fetch, with speed, time left and Stop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.services.container import Services
from workbench.services.numbers import duration, file_size
from workbench.viewmodels.models_download import Download
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import Fold
from workbench.widgets.plain import PlainLabel

LINE_CHARS = 72
SHOWN_FILES = 10
PROGRESS_STEPS = 1000


class DownloadDialog(QDialog):
    """One window over one `Download`. Closing it while files come does not stop them.

    Signals:
        downloaded(str): The repository is complete in the cache.
    """

    downloaded = Signal(str)

    def __init__(self, services: Services, download: Download, parent: QWidget) -> None:
        super().__init__(parent)
        self.download = download
        self._told = False
        self.setWindowTitle(self.tr("Download a model"))
        self.name = QLineEdit(self)
        self.look_up = QPushButton(self)
        self.summary, self.honest = PlainLabel(self), PlainLabel(self)
        self.honest.setProperty("role", "small")
        for label in (self.summary, self.honest):
            label.setWordWrap(True)
        self.files = QTableWidget(0, 2, self)
        self.files.verticalHeader().hide()
        self.files.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.files.setShowGrid(False)
        self.files.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.fold = Fold(self.files, self)
        self.pattern, self.pickle = QLineEdit(self), QCheckBox(self)
        self.pattern_label = PlainLabel(self)
        self.pattern_label.setBuddy(self.pattern)
        self.options = Fold(self._options(), self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.pace = PlainLabel(self)
        self.note = ErrorNote(self)
        self.fetch_button, self.stop_button = QPushButton(self), QPushButton(self)
        self.close_button = QPushButton(self)
        self.fetch_button.setProperty("role", "primary")
        self._arrange()
        self.look_up.clicked.connect(self._look_up)
        self.name.returnPressed.connect(self._look_up)
        for field in (self.name, self.pattern):
            field.textEdited.connect(download.again)
        self.pickle.toggled.connect(download.again)
        self.fetch_button.clicked.connect(download.fetch)
        self.stop_button.clicked.connect(download.stop)
        self.close_button.clicked.connect(self.close)
        download.changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.setWindowTitle(self.tr("Download a model"))
        self.name.setPlaceholderText(self.tr("owner/name, or the address of the model's page"))
        self.name.setAccessibleName(self.tr("Repository"))
        self.look_up.setText(self.tr("Look up"))
        self.options.set_texts(self.tr("Options"))
        self.pattern_label.setText(self.tr("Weight files"))
        self.pattern.setPlaceholderText(self.tr("what a load needs; or a pattern: *Q4_K_M.gguf"))
        self.pickle.setText(
            self.tr("Take pickle weights when there is nothing safer (they can run code)")
        )
        self.stop_button.setText(self.tr("Stop"))
        self.close_button.setText(self.tr("Close"))
        self.honest.setText(
            self.tr(
                "Stopping keeps every file that is complete. A file that is only partly here "
                "starts again from its beginning the next time."
            )
        )
        self.files.setHorizontalHeaderLabels([self.tr("File"), self.tr("Size")])
        self.refresh()

    def refresh(self) -> None:
        """Show where the download is."""
        download = self.download
        step, plan = download.step, download.plan
        fetching = step == "fetching"
        self.name.setEnabled(not download.busy)
        self.look_up.setEnabled(not download.busy)
        self.options.setEnabled(not download.busy)
        self.summary.setText(self._summary())
        self.fold.setVisible(plan is not None)
        if plan is not None:
            self._list_files(plan.files)
        self.honest.setVisible(step in ("planned", "fetching", "stopped"))
        self.bar.setVisible(download.busy)
        self.pace.setVisible(fetching)
        self.bar.setRange(0, PROGRESS_STEPS if fetching and download.pace.fraction else 0)
        self.bar.setValue(round((download.pace.fraction or 0.0) * PROGRESS_STEPS))
        self.pace.setText(self._pace())
        self.note.show_report(download.error)
        wanted = plan is not None and plan.download_bytes > 0 and step in ("planned", "stopped")
        self.fetch_button.setVisible(wanted or fetching)
        self.fetch_button.setEnabled(wanted and not download.lacks_space)
        size = file_size(plan.download_bytes) if plan else ""
        self.fetch_button.setText(self.tr("Download {size}").format(size=size))
        self.stop_button.setVisible(download.busy)
        if step == "done" and not self._told:
            self._told = True
            self.downloaded.emit(download.repository)

    def _options(self) -> QWidget:
        """What most people never need."""
        inside = QWidget(self)
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.addWidget(self.pattern_label, 0, 0)
        grid.addWidget(self.pattern, 0, 1)
        grid.addWidget(self.pickle, 1, 0, 1, 2)
        return inside

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.look_up)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.stop_button, self.fetch_button, self.close_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self.look_up.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(12)
        column.addLayout(row)
        for widget in (
            self.note,
            self.options,
            self.summary,
            self.fold,
            self.bar,
            self.pace,
            self.honest,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * LINE_CHARS)
        self.setWindowModality(Qt.WindowModality.NonModal)

    def _summary(self) -> str:
        download, plan = self.download, self.download.plan
        if download.step == "name":
            return self.tr(
                "Nothing is fetched before you have seen the exact size. Models stay in the "
                "hub cache, which other programs share."
            )
        if download.step == "planning":
            return self.tr("Asking what {name} holds …").format(name=download.repository)
        if download.step == "done":
            return self.tr("✓ {name} is complete.").format(name=download.repository)
        if plan is None:
            return ""
        if plan.download_bytes == 0:
            return self.tr("✓ All of {name} is in the cache already ({size}).").format(
                name=plan.repository, size=file_size(plan.cached_bytes)
            )
        text = self.tr("{name}: {n} files. To fetch: {size}; already here: {cached}.").format(
            name=plan.repository,
            n=len(plan.files),
            size=file_size(plan.download_bytes),
            cached=file_size(plan.cached_bytes),
        )
        room = (
            self.tr("{free} are free on the disk.")
            if not download.lacks_space
            else self.tr("✗ Only {free} are free on the disk: make room first.")
        )
        return f"{text} {room.format(free=file_size(plan.free_disk_bytes))}"

    def _pace(self) -> str:
        pace = self.download.pace
        parts = [f"{pace.fraction:.0%}"] if pace.fraction is not None else []
        plan = self.download.plan
        if pace.done_bytes is not None and plan is not None:
            done, size = file_size(pace.done_bytes), file_size(plan.download_bytes)
            parts.append(self.tr("{done} of {size}").format(done=done, size=size))
        elif pace.text:
            parts.append(pace.text)
        if pace.bytes_per_s:
            parts.append(self.tr("{size}/s").format(size=file_size(round(pace.bytes_per_s))))
        if pace.remaining_s is not None:
            left = self.tr("{time} left").format(time=duration(pace.remaining_s))
            parts.append(left)
        return " · ".join(parts)

    def _list_files(self, files: tuple[tuple[str, int], ...]) -> None:
        self.fold.set_texts(self.tr("Files"), str(len(files)))
        if self.files.rowCount() == len(files):
            return
        self.files.setRowCount(len(files))
        for row, (name, size) in enumerate(files):
            amount = QTableWidgetItem(file_size(size))
            amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.files.setItem(row, 0, QTableWidgetItem(name))
            self.files.setItem(row, 1, amount)
        line = round(self.files.fontMetrics().height() * 1.9)
        self.files.verticalHeader().setDefaultSectionSize(line)
        head = self.files.horizontalHeader().sizeHint().height()
        self.files.setFixedHeight(head + line * min(len(files), SHOWN_FILES) + 4)

    def _look_up(self) -> None:
        if self.name.text().strip():
            self._told = False
            self.download.files = tuple(self.pattern.text().split())
            self.download.allow_pickle = self.pickle.isChecked()
            self.download.look_up(self.name.text())
