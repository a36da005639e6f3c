"""Vectors as small bar panels on one common scale, with their mean drawn as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.plots.export import Column
from workbench.plots.series import short
from workbench.services.theme import Theme

COLUMNS: Final = 3
GAP: Final = 16
BAR_LINES: Final = 5


@dataclass(frozen=True, eq=False)
class Panel:
    """One vector.

    Attributes:
        title: What it is.
        note: Its figures, below the title.
        values: float64 ``[width]``.
        role: Colour by role.
    """

    title: str
    note: str
    values: NDArray[np.float64]
    role: str = "series-1"


class VectorBars(QWidget):
    """Panels in lines of three; hovering reads a value."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._panels: tuple[Panel, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    def set_panels(self, panels: Sequence[Panel]) -> None:
        """Show these vectors."""
        self._panels = tuple(panels)
        self.setAccessibleDescription("; ".join(f"{one.title}: {one.note}" for one in panels))
        self.updateGeometry()
        self.update()

    def panels(self) -> tuple[Panel, ...]:
        """What is shown."""
        return self._panels

    def columns(self) -> tuple[Column, ...]:
        """One column per vector, for a CSV file."""
        return tuple((one.title, one.values) for one in self._panels)

    def sizeHint(self) -> QSize:
        rows = -(-len(self._panels) // COLUMNS)
        line = self.fontMetrics().height()
        return QSize(30 * line, round(rows * ((BAR_LINES + 2) * line + GAP)))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        full = self._full()
        metrics = self.fontMetrics()
        for number, panel in enumerate(self._panels):
            area = self._area(number)
            painter.setPen(self._theme.colour("text"))
            head = QRectF(area.left(), area.top(), area.width(), metrics.height())
            painter.drawText(head, int(Qt.AlignmentFlag.AlignLeft), panel.title)
            painter.setPen(self._theme.colour("muted"))
            note = metrics.elidedText(panel.note, Qt.TextElideMode.ElideRight, int(area.width()))
            painter.drawText(
                head.translated(0, metrics.height()), int(Qt.AlignmentFlag.AlignLeft), note
            )
            self._paint_bars(painter, self._bars(area), panel, full)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._said_at(event.pos().toPointF()), self)
            return True
        return super().event(event)

    def _paint_bars(self, painter: QPainter, area: QRectF, panel: Panel, full: float) -> None:
        middle, half = area.center().y(), area.height() / 2
        step = area.width() / max(1, panel.values.size)
        colour = self._theme.colour(panel.role)
        for place, value in enumerate(panel.values):
            high = float(value) / full * half
            left = area.left() + place * step
            bar = QRectF(QPointF(left + 1, middle - max(high, 0)), QPointF(
                left + step - 1, middle - min(high, 0)))  # fmt: skip
            painter.fillRect(bar, colour)
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        mean = middle - float(panel.values.mean()) / full * half
        painter.setPen(QPen(self._theme.colour("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), mean), QPointF(area.right(), mean))

    def _full(self) -> float:
        return max((float(np.abs(one.values).max()) for one in self._panels), default=1.0) or 1.0

    def _area(self, number: int) -> QRectF:
        wide = (self.width() - GAP * (COLUMNS - 1)) / COLUMNS
        high = (BAR_LINES + 2) * self.fontMetrics().height() + GAP
        row, column = divmod(number, COLUMNS)
        return QRectF(column * (wide + GAP), row * high, wide, high - GAP)

    def _bars(self, area: QRectF) -> QRectF:
        return area.adjusted(0, 2 * self.fontMetrics().height() + 2, 0, 0)

    def _said_at(self, place: QPointF) -> str:
        for number, panel in enumerate(self._panels):
            area = self._bars(self._area(number))
            if area.contains(place):
                at = int((place.x() - area.left()) / area.width() * panel.values.size)
                at = min(at, panel.values.size - 1)
                return f"{panel.title} [{at}] = {short(float(panel.values[at]))}"
        return ""

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
