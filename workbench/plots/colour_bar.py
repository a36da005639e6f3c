"""The legend of a map: its colours, the values at both ends, the unit."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.plots.colour_maps import Scale, colour_at
from workbench.plots.theme import PlotTheme

BAR_CHARS: Final = 14
STOPS: Final = 24


def short_value(value: float) -> str:
    """Three significant digits with a true minus."""
    text = f"{value:.3g}" if value else "0"
    return text.replace("-", "−")


class ColourBar(QWidget):
    """A horizontal strip; a tick marks the value under the cursor."""

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = Scale(0.0, 1.0)
        self._unit = ""
        self._mark: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_scale(self, scale: Scale, unit: str) -> None:
        """Show a scale and what it is measured in."""
        if (scale, unit) != (self._scale, self._unit):
            self._scale, self._unit = scale, unit
            self.setAccessibleName(" … ".join(self._ends()))
            self.updateGeometry()
            self.update()

    def set_mark(self, value: float | None) -> None:
        """Mark a value on the strip."""
        if value != self._mark:
            self._mark = value
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.font())
        low, high = self._ends()
        ends = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high)
        return QSize(ends + BAR_CHARS * metrics.averageCharWidth() + 16, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self._theme.font()
        painter.setFont(font)
        metrics = QFontMetrics(font)
        low, high = self._ends()
        left = metrics.horizontalAdvance(low) + 6
        right = self.width() - metrics.horizontalAdvance(high) - 6
        bar = QRectF(left + 0.5, 4.5, max(8, right - left - 1), self.height() - 9)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(STOPS + 1):
            ramp.setColorAt(step / STOPS, colour_at(self._scale.map, step / STOPS))
        painter.setPen(self._theme.colours.line)
        painter.setBrush(ramp)
        painter.drawRect(bar)
        painter.setPen(self._theme.colours.muted)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(middle | Qt.AlignmentFlag.AlignLeft), low)
        painter.drawText(self.rect(), int(middle | Qt.AlignmentFlag.AlignRight), high)
        if self._mark is not None:
            share = float(self._scale.share(np.array([self._mark]))[0])
            x = bar.left() + share * bar.width()
            painter.fillRect(QRectF(x - 1, 1, 2, self.height() - 2), self._theme.colours.accent)

    def _ends(self) -> tuple[str, str]:
        low, high = short_value(self._scale.value(0.0)), short_value(self._scale.value(1.0))
        return low, f"{high} {self._unit}".strip()
