"""A mask picture: which token's change moves which output, hatched where nothing moves."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.inspection.anatomy.table_spec import MaskPicture
from workbench.plots.colour_maps import ATTENTION, colour_at
from workbench.services.theme import Theme

FLOOR = 0.45  # a small influence is still an influence and must be told from none
EDGE_LINES = 7
GAP_FROM = 6


def paint_mask(painter: QPainter, area: QRectF, picture: MaskPicture, theme: Theme) -> None:
    """Draw a picture into a square; rows are outputs, columns inputs."""
    tokens = picture.seen.shape[0]
    edge = area.width() / tokens
    gap = 1 if edge >= GAP_FROM else 0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(area, theme.mixed("window", "mask", 0.35))
    painter.fillRect(area, QBrush(theme.colour("mask"), Qt.BrushStyle.BDiagPattern))
    for i, j in np.argwhere(picture.seen):
        share = FLOOR + (1 - FLOOR) * float(picture.influence[i, j]) ** 0.5
        left, right = (round(area.left() + place * edge) for place in (j, j + 1))
        top, bottom = (round(area.top() + place * edge) for place in (i, i + 1))
        cell = QRectF(left, top, right - left - gap, bottom - top - gap)
        painter.fillRect(cell, colour_at(ATTENTION, share))


class MaskView(QWidget):
    """One picture with its title; hovering names the cell."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: MaskPicture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    def set_picture(self, picture: MaskPicture, title: str) -> None:
        """Show a picture under its title."""
        self._picture = picture
        self._title = title
        self.setAccessibleName(title)
        seen = int(picture.seen.sum())
        self.setAccessibleDescription(
            self.tr("{n} of {total} pairs of tokens").format(n=seen, total=picture.seen.size)
        )
        self.updateGeometry()
        self.update()

    def picture(self) -> MaskPicture | None:
        """What is shown."""
        return self._picture

    def sizeHint(self) -> QSize:
        edge = self._edge()
        return QSize(edge + 2, edge + self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            return
        painter = QPainter(self)
        painter.setPen(self._theme.colour("muted"))
        line = self.fontMetrics().height()
        title = self.fontMetrics().elidedText(
            self._title, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(QRect(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignLeft), title)
        paint_mask(painter, self._area(), self._picture, self._theme)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.said_at(event.pos()), self)
            return True
        return super().event(event)

    def said_at(self, place: QPoint) -> str:
        """What a cell says."""
        area = self._area()
        if self._picture is None or not area.contains(place):
            return ""
        tokens = self._picture.seen.shape[0]
        i = int((place.y() - area.top()) / area.height() * tokens)
        j = int((place.x() - area.left()) / area.width() * tokens)
        if not self._picture.seen[i, j]:
            return self.tr("Output {i} does not depend on token {j}.").format(i=i + 1, j=j + 1)
        text = self.tr("Token {j} moves output {i}: {share:.0%} of the largest change.")
        return text.format(i=i + 1, j=j + 1, share=float(self._picture.influence[i, j]))

    def _edge(self) -> int:
        return EDGE_LINES * self.fontMetrics().height()

    def _area(self) -> QRectF:
        edge = self._edge()
        return QRectF(0, self.fontMetrics().height() + 4, edge, edge)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
