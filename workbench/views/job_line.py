"""Progress, Stop and errors of one question, in one line that hides when there is nothing."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QTimer, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.jobs.events import Progress
from workbench.services.engine_words import tell
from workbench.widgets.elided import ElidedLabel
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role


class Followed(Protocol):
    """What can be followed: a `JobSlot`, or anything that tells as it does."""

    @property
    def running_changed(self) -> SignalInstance: ...

    @property
    def progressed(self) -> SignalInstance: ...

    @property
    def refused(self) -> SignalInstance: ...

    def stop(self) -> None: ...


class JobLine(QWidget):
    """Follows a `JobSlot`.

    Args:
        job: What is followed.
        patience_ms: Jobs that end sooner are not worth a line.
    """

    def __init__(self, job: Followed, parent: QWidget | None = None, patience_ms: int = 0) -> None:
        super().__init__(parent)
        self._job = job
        self._at_work, self._said = False, ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(patience_ms)
        self._patience.timeout.connect(self._show_working)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.step = ElidedLabel(self)
        set_role(self.step, "muted")
        self.stop = QPushButton(self)
        self.stop.setProperty("role", "quiet")
        self.note = ErrorNote(self)
        self._working = QWidget(self)
        row = QHBoxLayout(self._working)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        row.addWidget(self.step, 1)
        row.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._working)
        layout.addWidget(self.note)
        self._working.hide()
        self.stop.clicked.connect(self._stop_clicked)
        job.running_changed.connect(self._running)
        job.progressed.connect(self._progressed)
        job.refused.connect(self._refused)
        self._retranslate()

    def report(self) -> ErrorReport | None:
        """The error that is shown."""
        return self.note.report()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.stop.setText(self.tr("Stop"))
        self._write_step()

    def _write_step(self) -> None:
        """What is being done, in the language of the window."""
        if not self._at_work:
            self.step.setText("")
        elif not self.stop.isEnabled():
            self.step.setText(self.tr("Stopping after this step…"))
        else:
            self.step.setText(tell(self._said) if self._said else self.tr("Preparing…"))

    def _running(self, running: bool) -> None:
        self._at_work, self._said = running, ""
        if running:
            self.note.show_report(None)
            self.bar.setRange(0, 0)
            self.stop.setEnabled(True)
        self._write_step()
        self._patience.stop()
        if running and self._patience.interval():
            self._patience.start()
        else:
            self._working.setVisible(running)

    def _stop_clicked(self) -> None:
        """A step that has begun is ended first; loading the libraries is one, and takes seconds."""
        self.stop.setEnabled(False)
        self._write_step()
        self._job.stop()

    def _show_working(self) -> None:
        self._working.setVisible(True)

    def _progressed(self, event: Progress) -> None:
        self.bar.setRange(0, 0 if event.fraction is None else 1000)
        if event.fraction is not None:
            self.bar.setValue(round(event.fraction * 1000))
        self._said = event.text
        self._write_step()

    def _refused(self, report: ErrorReport) -> None:
        self.note.show_report(report)
