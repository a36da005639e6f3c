"""What a run does now: a bar, a step in words, and the time left."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from engine.jobs.events import Progress
from workbench.services.engine_words import tell
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class RunStrip(QWidget):
    """Shown while a run is under way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._last: Progress | None = None
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.step = PlainLabel(self)
        set_role(self.step, "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.step)
        self.hide()

    def set_running(self, running: bool) -> None:
        """A run began, or the last one ended."""
        self._running, self._last = running, None
        self.bar.setRange(0, 0 if running else 1)
        self.setVisible(running)
        self._write()

    def show_progress(self, event: Progress) -> None:
        """How far the run is."""
        self._last = event
        if event.fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(event.fraction * 1000))
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        event = self._last
        if event is None:
            self.step.setText(self.tr("Preparing…") if self._running else "")
            return
        text = tell(event.text)
        if event.remaining_s is not None and event.remaining_s >= 1.0:
            left = self.tr("{s:.0f} s left").format(s=event.remaining_s)
            text = f"{text} · {left}" if text else left
        self.step.setText(text)
