"""What stands below and above the one image of an atlas: hatching, marks, labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.plots.atlas_picture import GAP
from workbench.plots.hatching import hatch
from workbench.plots.theme import PlotTheme
from workbench.viewmodels.attention_heads import HeadAt

if TYPE_CHECKING:
    from workbench.plots.head_atlas import HeadAtlas

LEAST_LABEL: Final = 26.0


@dataclass(frozen=True)
class AtlasMarks:
    """What is drawn over the heads.

    Attributes:
        current: The head that is shown large.
        ablated: Heads that are taken out: crossed.
        faded: Heads that a search does not mean.
        tints: A value per head between −1 and 1 as a bar at its foot (importance), or empty.
    """

    current: HeadAt | None = None
    ablated: frozenset[HeadAt] = frozenset()
    faded: frozenset[HeadAt] = frozenset()
    tints: tuple[tuple[HeadAt, float], ...] = ()


class AtlasMarksItem(pg.GraphicsObject):
    """Labels and marks over the one image, in one item."""

    def __init__(self, atlas: HeadAtlas, theme: PlotTheme) -> None:
        super().__init__()
        self._atlas = atlas
        self._theme = theme

    def boundingRect(self) -> QRectF:
        return self._atlas.extent()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        atlas, colours = self._atlas, self._theme.colours
        marks = atlas.marks
        for place, head in enumerate(atlas.order):
            area = atlas.rect_of(place)
            if head in marks.faded:
                veil = QColor(colours.ground)
                veil.setAlphaF(0.8)
                painter.fillRect(area, veil)
            if head in marks.ablated:
                self._cross(painter, area)
            if head == atlas.over and head != marks.current:
                painter.setPen(colours.pen(colours.muted, 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(area)
            if head == marks.current:
                painter.setPen(colours.pen(colours.accent, 3.0 if atlas.hasFocus() else 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                grow = GAP / 2
                painter.drawRect(area.adjusted(-grow, -grow, grow, grow))
        self._tints(painter)
        self._labels(painter)

    def _cross(self, painter: QPainter, area: QRectF) -> None:
        colours = self._theme.colours
        veil = QColor(colours.ground)
        veil.setAlphaF(0.55)
        painter.fillRect(area, veil)
        painter.setPen(colours.pen(colours.bad, 2.0))
        painter.drawLine(area.topLeft(), area.bottomRight())
        painter.drawLine(area.topRight(), area.bottomLeft())

    def _tints(self, painter: QPainter) -> None:
        """A bar at the foot of a head: to the right what it gives, to the left what it costs."""
        colours = self._theme.colours
        places = {head: place for place, head in enumerate(self._atlas.order)}
        for head, value in self._atlas.marks.tints:
            if head not in places or not value:
                continue
            area = self._atlas.rect_of(places[head])
            high = area.height() * 0.12
            foot = QRectF(area.left(), area.bottom() - high, area.width(), high)
            painter.fillRect(foot, colours.ground)
            length = min(1.0, abs(value)) * area.width()
            left = foot.left() if value > 0 else foot.right() - length
            colour = colours.series_colour(0 if value > 0 else 1)
            painter.fillRect(QRectF(left, foot.top(), length, high), colour)

    def _labels(self, painter: QPainter) -> None:
        """Layer and head numbers at the edges, or in each cell when sorted."""
        atlas = self._atlas
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        font = self._theme.mono()
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted)
        metrics = QFontMetricsF(font)
        if atlas.by_layer:
            self._edge_labels(painter, metrics, transform.mapRect)
        else:
            for place, head in enumerate(atlas.order):
                area = transform.mapRect(atlas.rect_of(place))
                if area.width() >= LEAST_LABEL:
                    self._tag(painter, metrics, area, f"{head.layer}·{head.head}")
        painter.restore()

    def _edge_labels(
        self, painter: QPainter, metrics: QFontMetricsF, mapped: Callable[[QRectF], QRectF]
    ) -> None:
        atlas = self._atlas
        last = -1e9
        for row, layer in enumerate(atlas.layers):
            area = mapped(atlas.rect_of(row * atlas.columns))
            if area.center().y() - last < metrics.height():
                continue
            last = area.center().y()
            box = QRectF(area.left() - 60, area.center().y() - 12, 54, 24)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(align), f"L{layer}")
        last = -1e9
        for column in range(atlas.columns):
            area = mapped(atlas.rect_of(column))
            text = f"H{column}"
            if area.center().x() - last < metrics.horizontalAdvance(text) + 6:
                continue
            last = area.center().x()
            box = QRectF(area.center().x() - 24, area.top() - metrics.height() - 4, 48, 18)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), text)

    def _tag(self, painter: QPainter, metrics: QFontMetricsF, area: QRectF, text: str) -> None:
        width = metrics.horizontalAdvance(text) + 6
        box = QRectF(area.right() - width, area.top(), width, metrics.height())
        ground = QColor(self._theme.colours.ground)
        ground.setAlphaF(0.75)
        painter.fillRect(box, ground)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class AtlasGround(pg.GraphicsObject):
    """Hatching below every head: it shows where the mask hides."""

    def __init__(self, atlas: HeadAtlas, theme: PlotTheme) -> None:
        super().__init__()
        self._atlas = atlas
        self._theme = theme

    def boundingRect(self) -> QRectF:
        return self._atlas.extent()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        atlas, ground = self._atlas, self._theme.colours.ground
        count = len(atlas.order)
        if not count:
            return
        area = atlas.extent()
        hatch(painter, area, self._theme.colours)
        last = atlas.rect_of(count - 1)
        for row in range(-(-count // atlas.columns)):
            foot = atlas.rect_of(row * atlas.columns).bottom()
            painter.fillRect(QRectF(area.left(), foot, area.width(), GAP), ground)
        for column in range(atlas.columns):
            side = atlas.rect_of(column).right()
            painter.fillRect(QRectF(side, area.top(), GAP, area.height()), ground)
        rest = QRectF(last.right(), last.top(), area.right() - last.right(), last.height())
        painter.fillRect(rest, ground)
