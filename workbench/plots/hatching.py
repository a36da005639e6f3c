"""Hatching: where no query sees the keys."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter

from workbench.plots.theme import PlotColours


def hatch(painter: QPainter, area: QRectF, colours: PlotColours) -> None:
    """Fill an area with lines of constant width on screen, whatever the zoom."""
    on_screen = painter.worldTransform().mapRect(area)
    painter.save()
    painter.resetTransform()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(on_screen, colours.ground)
    painter.fillRect(on_screen, QBrush(colours.mask, Qt.BrushStyle.BDiagPattern))
    painter.restore()
