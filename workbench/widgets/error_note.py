"""An error where it happened: one sentence, the next step, and the details on demand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from workbench.services.engine_words import tell_report
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.tones import current_tones, mix


class ErrorNote(QFrame):
    """Shows an `ErrorReport`, or nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: ErrorReport | None = None
        self.message = PlainLabel(self)
        self.hint = PlainLabel(self)
        for label in (self.message, self.hint):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.details_button = QPushButton(self)
        self.details_button.setProperty("role", "quiet")
        self.details_button.setCheckable(True)
        self.copy_button = QPushButton(self)
        self.copy_button.setProperty("role", "quiet")
        self.details = QPlainTextEdit(self)
        self.details.setReadOnly(True)
        self.details.setFixedHeight(self.fontMetrics().lineSpacing() * 7)
        self.details.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.details_button)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.message)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)
        layout.addWidget(self.details)
        self.details_button.toggled.connect(self.details.setVisible)
        self.copy_button.clicked.connect(self._copy)
        self._retranslate()
        self.hide()

    def report(self) -> ErrorReport | None:
        """What is shown, as the engine said it."""
        return self._report

    def show_report(self, report: ErrorReport | None) -> None:
        """Show an error; None hides the note."""
        self._report = report
        self.setVisible(report is not None)
        if report is None:
            return
        self._tell(report)
        self.hint.setVisible(bool(report.hint))
        self.details.setPlainText(report.detail)
        self.details_button.setVisible(bool(report.detail))
        self.copy_button.setVisible(bool(report.detail))
        self.details_button.setChecked(False)
        self._colour()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = current_tones()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(mix(tones.base, tones.bad, 0.5))
        painter.setBrush(mix(tones.base, tones.bad, 0.07))
        painter.drawRoundedRect(area, 6, 6)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)

    def _tell(self, report: ErrorReport) -> None:
        told = tell_report(report)
        self.message.setText("⚠ " + told.message)
        self.hint.setText(told.hint)
        self.setAccessibleName(str(told))

    def _colour(self) -> None:
        set_role(self.message, "bad")

    def _retranslate(self) -> None:
        self.details_button.setText(self.tr("Details"))
        self.copy_button.setText(self.tr("Copy error"))
        self.details.setAccessibleName(self.tr("Technical details of the error"))
        if self._report is not None:
            self._tell(self._report)

    def _copy(self) -> None:
        if self._report is not None:
            text = f"{tell_report(self._report)}\n\n{self._report.detail}".strip()
            QGuiApplication.clipboard().setText(text)
