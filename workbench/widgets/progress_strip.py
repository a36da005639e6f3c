"""What a running job does now: a bar, and its step in words below; hidden while nothing runs."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from engine.jobs.events import Progress
from workbench.services.engine_words import tell
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

WHOLE: Final = 1000
LEAST_LEFT_S: Final = 1.0


class ProgressStrip(QWidget):
    """Shows the newest `Progress` of a job.

    Attributes:
        bar: Its share; moves to and fro while no total is known.
        step: What it does now.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._event: Progress | None = None
        self._running = False
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.step = PlainLabel(self)
        set_role(self.step, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.step)
        self.hide()

    def set_running(self, running: bool) -> None:
        """A job began (its progress is not known yet), or the last one ended."""
        self._event, self._running = None, running
        self.bar.setRange(0, 0)
        self.setVisible(running)
        self._tell()

    def show_progress(self, event: Progress) -> None:
        """Follow the job; a step without words leaves the words before."""
        known = event.fraction is not None
        self.bar.setRange(0, WHOLE if known else 0)
        if event.fraction is not None:
            self.bar.setValue(round(event.fraction * WHOLE))
        if event.text or event.remaining_s is not None:
            self._event = event
            self._tell()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    def _tell(self) -> None:
        event = self._event
        if event is None:
            self.step.setText(self.tr("Preparing…") if self._running else "")
            return
        parts = [tell(event.text)] if event.text else []
        if event.remaining_s is not None and event.remaining_s >= LEAST_LEFT_S:
            parts.append(self.tr("{s:.0f} s left").format(s=event.remaining_s))
        self.step.setText(" · ".join(parts))
