"""All layers × heads of a model as one picture: one image, arithmetic instead of many items.

Heads stand by layer (rows) and number (columns), or in any other order, row after row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QToolTip, QWidget

from workbench.plots.colour_maps import (
    ATTENTION,
    MASKED,
    Bytes,
    MapName,
    Scale,
    lookup_table,
    quantise,
)
from workbench.plots.hatching import hatch
from workbench.plots.theme import PlotTheme
from workbench.viewmodels.attention_heads import HeadAt

GAP: Final = 3
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


def compose(heads: NDArray[np.uint8], order: Sequence[int], columns: int, gap: int = GAP) -> Bytes:
    """Put small pictures into one.

    Args:
        heads: ``[heads, size, size]``, bytes of a colour table.
        order: Which picture stands at each place, row after row.
        columns: Places in a row.
        gap: Transparent pixels between them.

    Returns:
        uint8 ``[rows · (size + gap), columns · (size + gap)]``.
    """
    size, pitch = heads.shape[1], heads.shape[1] + gap
    rows = -(-len(order) // columns)
    cells = np.full((rows * columns, pitch, pitch), MASKED, np.uint8)
    if len(order):
        cells[: len(order), :size, :size] = heads[np.asarray(order)]
    by_row = cells.reshape(rows, columns, pitch, pitch).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(by_row.reshape(rows * pitch, columns * pitch))


def coloured(thumbnails: NDArray[np.float32], shared: bool) -> Bytes:
    """Thumbnails ``[heads, size, size]`` as bytes; hidden and exact zeros are transparent.

    Args:
        thumbnails: Weights; 0 where the mask hides.
        shared: One scale for all heads, or each its own.
    """
    hidden = ~(thumbnails > 0)
    if shared:
        top = float(thumbnails.max(initial=0.0)) or 1.0
        return quantise(thumbnails, Scale(0.0, top), hidden)
    top = thumbnails.reshape(len(thumbnails), -1).max(axis=1, initial=0.0)
    scaled = thumbnails / np.where(top > 0, top, 1.0)[:, None, None]
    return quantise(scaled, Scale(0.0, 1.0), hidden)


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


class HeadAtlas(pg.GraphicsView):
    """The picture, its marks, mouse and keys.

    Attributes:
        order: The heads as they stand, row after row.
        layers: Layer number of each row, when they stand by layer.
        columns: Heads in a row.
        marks: What is drawn over them.
        over: The head under the mouse, or None.

    Signals:
        chosen(object): A `HeadAt` was clicked or reached by arrow keys.
        hovered(object): `HeadAt` under the mouse, or None.
        ablate_wanted(object): Delete or Backspace on a head.
    """

    chosen = Signal(object)
    hovered = Signal(object)
    ablate_wanted = Signal(object)

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self._theme = theme
        self._size = 64
        self._bytes: Bytes = np.zeros((0, 64, 64), np.uint8)
        self._heads: tuple[HeadAt, ...] = ()
        self.order: tuple[HeadAt, ...] = ()
        self.layers: tuple[int, ...] = ()
        self.columns = 1
        self.by_layer = True
        self.marks = AtlasMarks()
        self.over: HeadAt | None = None
        self._tip: Callable[[HeadAt], str] | None = None
        self.box = pg.ViewBox(enableMenu=False, invertY=True, lockAspect=True, enableMouse=False)
        self.box.setDefaultPadding(0.0)
        self.box.setBorder(None)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.image.setLookupTable(lookup_table(ATTENTION))
        self.ground = AtlasGround(self, theme)
        self.over_item = AtlasMarksItem(self, theme)
        for item in (self.ground, self.image, self.over_item):
            self.box.addItem(item, ignoreBounds=True)
        self.setCentralItem(self.box)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        theme.changed.connect(self._recolour)
        self._recolour()

    # What is shown

    def show_heads(
        self,
        heads: Sequence[HeadAt],
        pictures: Bytes,
        columns: int,
        colour_map: MapName = ATTENTION,
    ) -> None:
        """Show these heads.

        Args:
            heads: In the order of `pictures`: by layer, then by number.
            pictures: uint8 ``[heads, size, size]``.
            columns: Heads per layer.
            colour_map: What the bytes mean.
        """
        self._bounds_change()
        same = tuple(heads) == self._heads
        self._heads, self._bytes = tuple(heads), pictures
        self._size = int(pictures.shape[1]) if pictures.size else 64
        self.columns = max(1, columns)
        self.image.setLookupTable(lookup_table(colour_map))
        if not same:
            self.order, self.by_layer = self._heads, True
        self.layers = tuple(dict.fromkeys(head.layer for head in self._heads))
        self._redraw()

    def set_order(self, order: Sequence[HeadAt], by_layer: bool) -> None:
        """Let the same heads stand in another order."""
        self._bounds_change()
        self.order, self.by_layer = tuple(order), by_layer
        self._redraw()

    def set_marks(self, marks: AtlasMarks) -> None:
        """Draw other marks."""
        if marks != self.marks:
            self.marks = marks
            self.over_item.update()

    def rect_of(self, place: int) -> QRectF:
        """Where a place is, in pixels of the image."""
        pitch = self._size + GAP
        row, column = divmod(place, self.columns)
        return QRectF(column * pitch, row * pitch, self._size, self._size)

    def extent(self) -> QRectF:
        """The whole picture with room for the labels at its edges."""
        pitch = self._size + GAP
        rows = -(-len(self.order) // self.columns) if self.order else 1
        return QRectF(0.0, 0.0, self.columns * pitch, rows * pitch)

    def head_at(self, position: QPointF) -> HeadAt | None:
        """The head at a place in the widget, by arithmetic."""
        at = self.box.mapSceneToView(self.mapToScene(position.toPoint()))
        pitch = self._size + GAP
        row, column = int(np.floor(at.y() / pitch)), int(np.floor(at.x() / pitch))
        place = row * self.columns + column
        inside = 0 <= column < self.columns and row >= 0 and place < len(self.order)
        return self.order[place] if inside else None

    def centre_of(self, head: HeadAt) -> QPoint:
        """Where a head is in the widget, for a click."""
        centre = self.rect_of(self.order.index(head)).center()
        return self.mapFromScene(self.box.mapViewToScene(centre))

    def sizeHint(self) -> QSize:
        return QSize(260, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 120)

    # What the person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        head = self.head_at(event.position())
        if head is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.chosen.emit(head)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_over(self.head_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_over(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
        }  # fmt: skip
        key = Qt.Key(event.key())
        current = self.marks.current
        if key in steps and current in self.order:
            place = self.order.index(current) + steps[key]
            if 0 <= place < len(self.order):
                self.chosen.emit(self.order[place])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.order:
            self.chosen.emit(self.order[0 if key == Qt.Key.Key_Home else -1])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and current is not None:
            self.ablate_wanted.emit(current)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip of the head under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            head = self.head_at(QPointF(event.pos()))
            text = self.tip(head) if head is not None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().viewportEvent(event))

    def set_tip(self, tip: Callable[[HeadAt], str]) -> None:
        """Ask this for the card of a head."""
        self._tip = tip

    def tip(self, head: HeadAt) -> str:
        """The card of a head."""
        return self._tip(head) if self._tip is not None else head.name

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.over_item.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.over_item.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "box"):
            self._fit()

    # Inside

    def _set_over(self, head: HeadAt | None) -> None:
        if head != self.over:
            self.over = head
            self.over_item.update()
            self.hovered.emit(head)

    def _bounds_change(self) -> None:
        self.over_item.prepareGeometryChange()
        self.ground.prepareGeometryChange()

    def _redraw(self) -> None:
        places = {head: place for place, head in enumerate(self._heads)}
        order = [places[head] for head in self.order if head in places]
        if order:
            whole = compose(self._bytes, order, self.columns)
            self.image.setImage(whole, autoLevels=False, levels=(0, 255))
        else:
            self.image.clear()
        self._fit()
        self.over_item.update()

    def _fit(self) -> None:
        """The picture with room for the labels, whose size does not scale."""
        area = self.extent()
        metrics = QFontMetricsF(self._theme.mono())
        left = metrics.horizontalAdvance("L00") + 8 if self.by_layer else 2.0
        top = metrics.height() + 6 if self.by_layer else 2.0
        width, height = max(40.0, self.width() - left - 4), max(40.0, self.height() - top - 4)
        scale = max(area.width() / width, area.height() / height, 1e-6)
        whole = QRectF(-left * scale, -top * scale, self.width() * scale, self.height() * scale)
        self.box.setRange(whole, padding=0)

    def _recolour(self) -> None:
        self._theme.style(self)
        self._fit()
        self.over_item.update()
        self.ground.update()


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
