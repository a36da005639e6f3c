"""A row's or a column's values as bars beside a map, aligned with its tokens."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.theme import PlotTheme

Side = Literal["right", "bottom"]
THICK: Final = 56.0
MOST_BARS: Final = 1200


class Profile(pg.GraphicsWidget):
    """Bars of one value per token; the longest fills the side."""

    def __init__(self, side: Side, box: pg.ViewBox, theme: PlotTheme) -> None:
        super().__init__()
        self._side = side
        self._box = box
        self._theme = theme
        self.values: NDArray[np.float32] = np.zeros(0, np.float32)
        self.caption = ""
        if side == "right":
            self.setFixedWidth(THICK)
        else:
            self.setFixedHeight(THICK)
        box.sigRangeChanged.connect(self._moved)
        box.sigResized.connect(self._moved)

    def set_values(self, values: NDArray[np.float32] | None, caption: str = "") -> None:
        """Show one value per token; what is hidden is not finite and gets no bar."""
        self.values = np.zeros(0, np.float32) if values is None else values
        self.caption = caption
        self.setToolTip(caption)
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        colours = self._theme.colours
        area = QRectF(QPointF(0, 0), self.size())
        if not self.values.size:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        low, high = self._range()
        first, last = max(0, int(low)), min(self.values.size, int(np.ceil(high)))
        if last <= first:
            return
        part = np.where(np.isfinite(self.values[first:last]), self.values[first:last], 0.0)
        group = max(1, int(np.ceil(part.size / MOST_BARS)))
        if group > 1:
            starts = np.arange(0, part.size, group)
            top, bottom = np.maximum.reduceat(part, starts), np.minimum.reduceat(part, starts)
            part = np.where(np.abs(bottom) > top, bottom, top)
        least, most = min(0.0, float(part.min())), max(0.0, float(part.max()))
        span = (most - least) or 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.series_colour(0))
        room = (area.width() if self._side == "right" else area.height()) - 8
        zero = 4 - least / span * room
        for number, value in enumerate(part):
            start = self._along(first + number * group)
            stop = self._along(min(first + (number + 1) * group, last))
            thick = max(1.0, stop - start - (1.0 if stop - start > 3 else 0.0))
            length = float(value) / span * room
            a, b = sorted((zero, zero + length))
            if self._side == "right":
                painter.drawRect(QRectF(a, start, b - a, thick))
            else:
                painter.drawRect(QRectF(start, a, thick, b - a))
        self._note(painter, area)

    def _note(self, painter: QPainter, area: QRectF) -> None:
        """The caption, where the bars leave room (below; the tooltip says it always)."""
        if self._side != "bottom" or not self.caption:
            return
        font = self._theme.font()
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted)
        metrics = QFontMetricsF(font)
        text = metrics.elidedText(self.caption, Qt.TextElideMode.ElideRight, area.width())
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(area, int(align), text)

    def _range(self) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self._box.viewRange()
        return (y0, y1) if self._side == "right" else (x0, x1)

    def _along(self, token: float) -> float:
        point = QPointF(0, token) if self._side == "right" else QPointF(token, 0)
        mapped = self.mapFromScene(self._box.mapViewToScene(point))
        return mapped.y() if self._side == "right" else mapped.x()

    def _moved(self, *_: object) -> None:
        self.update()
