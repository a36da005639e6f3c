"""The strip at the foot: the job that runs, its Stop, and the switches of the two panels."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from workbench.services.container import Services
from workbench.services.jobs import JobRow
from workbench.services.numbers import duration
from workbench.services.tips import tip
from workbench.widgets.action_button import ActionButton
from workbench.widgets.plain import PlainLabel


class StatusStrip(QWidget):
    """Shows the oldest running job; the rest is in the jobs panel."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._shown: str | None = None
        self.text = PlainLabel(self)
        self.text.setObjectName("strip-text")
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setMinimumWidth(120)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("strip-bar")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setRange(0, 1000)
        self.stop = QPushButton(self)
        self.stop.setObjectName("strip-stop")
        self.stop.setProperty("role", "quiet")
        services.icons.bind(self.stop, "stop", "bad")

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 2, 4, 2)
        self._row.setSpacing(8)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.bar)
        self._row.addWidget(self.stop)
        self._row.addSpacing(8)
        self.stop.clicked.connect(self._stop)
        services.jobs.activity_changed.connect(self.refresh)
        self.refresh()

    def add_switch(self, action: QAction) -> None:
        """Add a button that opens and closes a panel."""
        button = ActionButton(self._services, action, "quiet", self)
        button.setObjectName(f"strip-{action.objectName()}")
        self._row.addWidget(button)

    def refresh(self) -> None:
        """Show what runs now."""
        active = self._services.jobs.active()
        running = next((row for row in active if row.state == "running"), None)
        row = running or (active[0] if active else None)
        self._shown = row.id if row else None
        self.bar.setVisible(row is not None)
        self.stop.setVisible(row is not None)
        self.stop.setText(self.tr("Stop"))
        if row is None:
            self.text.setText(self.tr("No job is running."))
            return
        self.text.setText(self._line(row, len(active) - 1))
        self.stop.setEnabled(not row.stopping)
        self.stop.setToolTip(tip(self.tr("Stop “{job}”").format(job=row.title)))
        if row.fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(row.fraction * 1000))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _line(self, row: JobRow, others: int) -> str:
        parts = [row.title]
        if row.stopping:
            parts.append(self.tr("stopping"))
        elif row.state == "queued":
            parts.append(self.tr("waiting"))
        elif row.step:
            parts.append(row.step_text)
        if row.fraction is not None:
            parts.append(f"{row.fraction:.0%}")
        if row.remaining_s is not None:
            parts.append(self.tr("{time} left").format(time=duration(row.remaining_s)))
        if others > 0:
            parts.append(self.tr("{n} more waiting").format(n=others))
        return " · ".join(parts)

    def _stop(self) -> None:
        if self._shown is not None:
            self._services.jobs.cancel(self._shown)
