"""All layers × heads of a model as one picture: one image, arithmetic instead of many items.

Heads stand by layer (rows) and number (columns), or in any other order, row after row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsScene, QToolTip, QWidget

from workbench.plots.atlas_marks import AtlasGround, AtlasMarks, AtlasMarksItem
from workbench.plots.atlas_picture import GAP, compose
from workbench.plots.colour_maps import ATTENTION, Bytes, MapName, lookup_table
from workbench.plots.theme import PlotTheme
from workbench.viewmodels.attention_heads import HeadAt


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

    def clear(self) -> None:
        """Show no heads."""
        self.show_heads((), np.zeros((0, 64, 64), np.uint8), 1)

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
