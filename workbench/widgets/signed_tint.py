"""A diverging tint for signed figures, readable under text, and its legend."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.widgets.tones import MIN_CONTRAST, Tones, contrast, current_tones, mix

MINUS: Final = "\u2212"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a true minus in front: ``"−0.41"``."""
    text = f"{value:+.{digits}f}"
    if float(text) == 0.0:
        return f"{0:.{digits}f}"
    return text.replace("-", MINUS)


def plain_number(value: float, digits: int = 2) -> str:
    """A number with a true minus: ``"−0.41"``, ``"0.41"``."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0.0 else text.replace("-", MINUS)


def hue_of(value: float, tones: Tones) -> QColor:
    """Blue for what raises, orange for what lowers: told apart by every kind of sight."""
    dark = tones.base.lightnessF() < 0.5
    if value >= 0:
        return QColor("#4a9be8" if dark else "#1667b7")
    return QColor("#ec8f3c" if dark else "#b85c00")


def signed_tint(value: float, full: float, tones: Tones) -> QColor:
    """The ground behind text for a value between −`full` and +`full`."""
    share = min(1.0, abs(value) / full) if full > 0 else 0.0
    hue = hue_of(value, tones)
    return mix(
        tones.base, hue, share * _strongest(tones.base.name(), tones.text.name(), hue.name())
    )


@lru_cache(maxsize=16)
def _strongest(base: str, text: str, hue: str) -> float:
    """The largest share of the hue that keeps text readable on it."""
    for percent in range(70, 5, -5):
        if contrast(mix(QColor(base), QColor(hue), percent / 100), QColor(text)) >= MIN_CONTRAST:
            return percent / 100
    return 0.1


class SignedLegend(QWidget):
    """A strip from the strongest minus to the strongest plus, with its unit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = 0.0
        self._unit = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_scale(self, full: float, unit: str) -> None:
        """The value of the strongest tint, and what it is measured in."""
        self._full, self._unit = full, unit
        self.setAccessibleName(" … ".join(self._ends()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        ends = sum(metrics.horizontalAdvance(text) for text in self._ends())
        return QSize(ends + metrics.averageCharWidth() * 12 + 12, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._full <= 0:
            return
        painter = QPainter(self)
        tones = current_tones()
        metrics = self.fontMetrics()
        low, high = self._ends()
        left = metrics.horizontalAdvance(low) + 6
        right = self.width() - metrics.horizontalAdvance(high) - 6
        bar = QRectF(left + 0.5, 3.5, right - left - 1, self.height() - 7)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(17):
            share = step / 16
            ramp.setColorAt(share, signed_tint(2 * share - 1, 1.0, tones))
        painter.setPen(tones.hairline)
        painter.setBrush(ramp)
        painter.drawRect(bar)
        painter.setPen(tones.dim)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, high)

    def _ends(self) -> tuple[str, str]:
        return signed(-self._full), f"{signed(self._full)} {self._unit}"
