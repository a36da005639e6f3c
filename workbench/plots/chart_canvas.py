"""The plot inside a line chart: its ticks, and what mouse and wheel do."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from workbench.plots.series import short

FEW_DECADES: Final = 1.7


class Ticks(pg.AxisItem):
    """Plain figures also on a logarithmic axis; whole numbers where the axis asks for them."""

    whole = False

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Powers of ten; 1, 2 and 5 of each where the axis spans little more than one."""
        low, high = self.range
        kept = (1.0,) if high - low > FEW_DECADES else (1.0, 2.0, 5.0)
        found = []
        for value in values:
            lead = 10.0 ** (value % 1.0)
            known = any(abs(lead - one) < 1e-6 * one for one in (*kept, 10.0))
            found.append(short(10.0**value) if known else "")
        return found

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        found: list[str] = super().tickStrings(values, scale, spacing)
        return [text.replace("-", "−") for text in found]

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        levels: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
        if not self.whole or self.logMode:
            return levels
        return [(space, [v for v in some if float(v).is_integer()]) for space, some in levels]


class Canvas(pg.PlotWidget):
    """The plot itself: drag to move, Ctrl + wheel to zoom, double click to see all again.

    Signals:
        over(object): The mouse is at this x, or None when it left.
        home(): A double click.
    """

    over = Signal(object)
    home = Signal()

    def __init__(self, parent: QWidget) -> None:
        self.bottom, self.left = Ticks("bottom"), Ticks("left")
        super().__init__(
            parent, axisItems={"bottom": self.bottom, "left": self.left}, enableMenu=False
        )
        plot = self.getPlotItem()
        plot.ctrlMenu.deleteLater()  # it is made even when there is to be none
        plot.ctrlMenu = None
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMouseTracking(True)
        for axis in (self.bottom, self.left):
            axis.enableAutoSIPrefix(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page; with Ctrl it zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        box = self.getPlotItem().vb
        place = self.mapToScene(event.position().toPoint())
        inside = box.sceneBoundingRect().contains(place)
        self.over.emit(box.mapSceneToView(place).x() if inside else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.home.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.over.emit(None)
        super().leaveEvent(event)
