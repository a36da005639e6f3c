"""How doubtful a token was, as a tint, and the legend that explains the tint."""

from __future__ import annotations

import math
from typing import Final, Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.decoding.records import TokenRecord
from workbench.widgets.tones import current_tones

TintBy = Literal["probability", "entropy", "none"]

FULL_ENTROPY: Final = 3.0
"""Nats at which the tint is strongest (e³ ≈ 20 equally likely tokens)."""


def probability_of(logprob: float) -> float:
    """e to a log-probability, kept inside 0…1."""
    return min(1.0, math.exp(logprob)) if logprob > -745.0 else 0.0


def doubt_of(record: TokenRecord, tint: TintBy) -> float:
    """0 (certain, no tint) to 1 (strongest tint)."""
    if tint == "probability":
        return 1.0 - probability_of(record.logprob)
    if tint == "entropy":
        return min(1.0, max(0.0, record.entropy / FULL_ENTROPY))
    return 0.0


class TintLegend(QWidget):
    """A strip from "certain" to "unsure" with its unit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tint: TintBy = "probability"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._describe()

    def set_tint(self, tint: TintBy) -> None:
        """What the tint shows; no tint, no legend."""
        self._tint = tint
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        low, high = self._ends()
        bar = metrics.averageCharWidth() * 8
        width = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + bar + 12
        return QSize(width, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        low, high = self._ends()
        if not low:
            return
        painter = QPainter(self)
        tones = current_tones()
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(low) + 6
        right = self.width() - metrics.horizontalAdvance(high) - 6
        bar = QRectF(left + 0.5, 3.5, right - left - 1, self.height() - 7)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(9):
            tint = tones.doubt_at(step / 8, self._tint == "entropy")
            gradient.setColorAt(step / 8, tint)
        painter.setPen(tones.hairline)
        painter.setBrush(gradient)
        painter.drawRect(bar)
        painter.setPen(tones.dim)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, high)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._describe()
            self.updateGeometry()
        super().changeEvent(event)

    def _ends(self) -> tuple[str, str]:
        if self._tint == "probability":
            return self.tr("p 1"), self.tr("0")
        if self._tint == "entropy":
            return self.tr("0 nats"), self.tr("≥ 3")
        return "", ""

    def _describe(self) -> None:
        if self._tint == "probability":
            text = self.tr(
                "Tint: the probability that the model gave the token. The stronger, the less "
                "probable."
            )
        elif self._tint == "entropy":
            text = self.tr(
                "Tint: the entropy of the next-token distribution, in nats. The stronger, the "
                "less sure the model was."
            )
        else:
            text = ""
        self.setToolTip(text)
        self.setAccessibleName(text)
