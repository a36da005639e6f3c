"""Memory a load will need against what is free, as a bar; afterwards the measured figure too."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.models.spec import MemoryForecast
from workbench.services.container import Services

PARTS: Final = ("series-1", "series-2", "series-3")
LEAST_SHARE_PX: Final = 2.0
RADIUS: Final = 4.0


class ForecastBar(QWidget):
    """Weights, KV cache and working memory on the scale of the free memory.

    What exceeds the free memory is hatched in the colour of a fault; a mark below the bar stands
    at the measured figure.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = services.theme
        self._forecast: MemoryForecast | None = None
        self._measured: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        services.theme.changed.connect(self.update)

    def show_forecast(self, forecast: MemoryForecast | None, measured: int | None) -> None:
        """Show a forecast and, when the model is loaded, the measured bytes."""
        self._forecast, self._measured = forecast, measured
        self.update()

    def sizeHint(self) -> QSize:
        edge = self.fontMetrics().height()
        return QSize(edge * 16, round(edge * 1.4))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().height() * 6, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QRectF(0.5, 0.5, self.width() - 1.0, self.height() * 0.6)
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(bar, RADIUS, RADIUS)
        forecast = self._forecast
        if forecast is not None:
            scale = bar.width() / max(forecast.total, forecast.free, self._measured or 0, 1)
            self._draw_parts(painter, bar, forecast, scale)
            if forecast.total > forecast.free:
                self._draw_excess(painter, bar, forecast, scale)
            if self._measured is not None:
                self._draw_mark(painter, bar, self._measured * scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._theme.colour("line"))
        painter.drawRoundedRect(bar, RADIUS, RADIUS)

    def _draw_parts(
        self, painter: QPainter, bar: QRectF, forecast: MemoryForecast, scale: float
    ) -> None:
        left = bar.left()
        counts = (forecast.weights, forecast.kv_cache, forecast.overhead)
        for count, role in zip(counts, PARTS, strict=True):
            if not count:
                continue
            width = max(LEAST_SHARE_PX, count * scale)
            painter.setBrush(self._theme.colour(role))
            painter.drawRect(QRectF(left, bar.top(), width, bar.height()))
            left += width

    def _draw_excess(
        self, painter: QPainter, bar: QRectF, forecast: MemoryForecast, scale: float
    ) -> None:
        edge = bar.left() + forecast.free * scale
        area = QRectF(edge, bar.top(), bar.right() - edge, bar.height())
        painter.setBrush(self._theme.colour("surface"))
        painter.drawRect(area)
        painter.setBrush(QBrush(self._theme.colour("bad"), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(area)
        painter.setPen(QPen(self._theme.colour("bad"), 2))
        painter.drawLine(QPointF(edge, bar.top()), QPointF(edge, bar.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)

    def _draw_mark(self, painter: QPainter, bar: QRectF, at: float) -> None:
        """A triangle below the bar that points at the measured figure."""
        edge = self.height() * 0.3
        x = min(max(bar.left() + at, edge / 2), bar.right() - edge / 2)
        top = bar.bottom() + 2
        mark = QPolygonF(
            [
                QPointF(x, top),
                QPointF(x - edge / 2, top + edge * 0.8),
                QPointF(x + edge / 2, top + edge * 0.8),
            ]
        )
        painter.setBrush(self._theme.colour("text"))
        painter.drawPolygon(mark)


def swatch(colour: QColor) -> str:
    """A coloured square as rich text, for the legend."""
    return f'<span style="color:{colour.name()}">■</span>'
