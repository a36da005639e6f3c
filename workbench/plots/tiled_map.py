"""One head as a large map: tiles, tokens at both sides, profiles, cursor, brush.

x = key, y = query, both from the top left corner, one unit per token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from workbench.plots.colour_maps import Scale
from workbench.plots.profile import THICK, Profile
from workbench.plots.theme import PlotColours, PlotTheme
from workbench.plots.tiles import CACHE_BYTES, Run, TileItem, TileSource
from workbench.plots.token_axis import MOST_CHARS, TokenAxis

LEAST_TOKENS: Final = 3.0
LOW_LINES: Final = 22
CLICK: Final = 4.0  # pixels that a click may wander
FEW_CHARS: Final = 9
ZOOM: Final = 1.4


@dataclass(frozen=True, order=True)
class CellAt:
    """A cell of the map: query (row) and key (column)."""

    row: int
    column: int


class Overlay(pg.GraphicsObject):
    """Cursor, chosen cell and painted mask over the tiles."""

    def __init__(self, colours: PlotColours) -> None:
        super().__init__()
        self.colours = colours
        self.shape = (0, 0)
        self.cursor_cell: CellAt | None = None
        self.pinned: CellAt | None = None
        self.painted: QImage | None = None
        self.show_cursor = True

    def boundingRect(self) -> QRectF:
        return QRectF(0.0, 0.0, float(self.shape[1]), float(self.shape[0]))

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        if self.painted is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(self.boundingRect(), self.painted)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        faint = QColor(self.colours.accent)
        faint.setAlphaF(0.55)
        if self.cursor_cell is not None and self.show_cursor:
            row, column = self.cursor_cell.row, self.cursor_cell.column
            painter.setPen(self.colours.pen(faint))
            painter.drawRect(QRectF(0, row, self.shape[1], 1))
            painter.drawRect(QRectF(column, 0, 1, self.shape[0]))
            painter.setPen(self.colours.pen(self.colours.accent, 2.0))
            painter.drawRect(QRectF(column, row, 1, 1))
        if self.pinned is not None:
            painter.setPen(self.colours.pen(self.colours.text, 2.0))
            painter.drawRect(QRectF(self.pinned.column, self.pinned.row, 1, 1))


class TiledMap(pg.GraphicsView):
    """The whole plot as one widget.

    Drag moves, the wheel zooms, a double click or Home shows all again; the arrow keys move the
    cursor by a cell, + and − zoom, Space holds the cell (in brush mode: paints it), Return chooses
    its query, Shift + Return its key.

    Attributes:
        tiles: The map itself.
        cell: The cell under the cursor, or None.
        pinned: The cell that was clicked, or None.

    Signals:
        hovered(object): `CellAt` under the cursor, or None.
        pinned_changed(object): `CellAt` that was clicked (or held by Space), or None.
        rows_changed(object), columns_changed(object): frozenset of the chosen queries or keys.
        stroked(object): In brush mode: `CellAt` that the brush is over.
        stroke_ended(): The brush was lifted.
    """

    hovered = Signal(object)
    pinned_changed = Signal(object)
    rows_changed = Signal(object)
    columns_changed = Signal(object)
    stroked = Signal(object)
    stroke_ended = Signal()

    def __init__(
        self,
        theme: PlotTheme,
        run: Run,
        parent: QWidget | None = None,
        most_bytes: int = CACHE_BYTES,
    ) -> None:
        super().__init__(parent, background=None)
        self._theme = theme
        self.cell: CellAt | None = None
        self.pinned: CellAt | None = None
        self.rows: frozenset[int] = frozenset()
        self.columns: frozenset[int] = frozenset()
        self._brush = False
        self._stroking = False
        self._profiles = True
        self.box = pg.ViewBox(enableMenu=False, invertY=True)
        self.box.setDefaultPadding(0.0)
        self.box.setBorder(None)
        self.tiles = TileItem(run, theme.colours, most_bytes)
        self.overlay = Overlay(theme.colours)
        self.box.addItem(self.tiles, ignoreBounds=True)
        self.box.addItem(self.overlay, ignoreBounds=True)
        self.left = TokenAxis("left", self.box, theme)
        self.bottom = TokenAxis("bottom", self.box, theme)
        self.right_profile = Profile("right", self.box, theme)
        self.bottom_profile = Profile("bottom", self.box, theme)
        self._lay_out()
        # Few items, whose bounds follow the text: an index of them would only grow stale.
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        self.left.chosen.connect(self._row_chosen)
        self.bottom.chosen.connect(self._column_chosen)
        theme.changed.connect(self._recolour)
        self._recolour()

    # What is shown

    def show_map(
        self,
        source: TileSource | None,
        shape: tuple[int, int],
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
        keep_view: bool = False,
    ) -> None:
        """Show another map.

        Args:
            source: Makes its tiles; None = nothing.
            shape: (queries, keys).
            rows, columns: Tokens of queries and keys.
            keep_view: Stay at this place and zoom, with the tokens chosen here.
        """
        self.tiles.show_source(source, shape)
        self.overlay.prepareGeometryChange()
        self.overlay.shape = self.tiles.shape
        self.left.set_labels(rows)
        self.bottom.set_labels(columns)
        queries, keys = shape
        if not keep_view:
            self.rows, self.columns = frozenset(), frozenset()
            self.pinned = self.overlay.pinned = None
            self.set_cursor(None)
            self.box.setLimits(
                xMin=0, xMax=max(1, keys), yMin=0, yMax=max(1, queries),
                minXRange=min(LEAST_TOKENS, max(1, keys)),
                minYRange=min(LEAST_TOKENS, max(1, queries)),
            )  # fmt: skip
            self.show_all()
        self._mark()

    def set_scale(self, scale: Scale) -> None:
        """The colours of the values."""
        self.tiles.set_scale(scale)

    def set_painted(self, painted: QImage | None) -> None:
        """A picture over the map, one pixel per cell."""
        self.overlay.painted = painted
        self.overlay.update()

    def show_profiles(
        self,
        row: NDArray[np.float32] | None,
        column: NDArray[np.float32] | None,
        row_caption: str = "",
        column_caption: str = "",
    ) -> None:
        """Values along the keys (below) and along the queries (right)."""
        self.bottom_profile.set_values(row, row_caption)
        self.right_profile.set_values(column, column_caption)

    def set_profiles_visible(self, shown: bool) -> None:
        """Maps that are shown beside another have no room for profiles."""
        self._profiles = shown
        self.right_profile.setVisible(shown)
        self.right_profile.setFixedWidth(THICK if shown else 0)
        self._fit_height()

    def set_brush(self, on: bool) -> None:
        """Whether dragging paints instead of moving the map."""
        self._brush = on
        shape = Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def set_cursor(self, cell: CellAt | None) -> None:
        """Put the cursor on a cell without telling; for maps that move together."""
        self.cell = self.overlay.cursor_cell = cell
        self.overlay.update()
        self._mark()

    def select(self, rows: frozenset[int], columns: frozenset[int]) -> None:
        """Choose queries and keys without telling."""
        self.rows, self.columns = rows, columns
        self._mark()

    def show_all(self) -> None:
        """The whole map."""
        queries, keys = self.tiles.shape
        self.box.setRange(QRectF(0, 0, max(1, keys), max(1, queries)), padding=0)

    def cell_centre(self, row: int, column: int) -> QPoint:
        """Where a cell is in the widget, for a click."""
        scene = self.box.mapViewToScene(QPointF(column + 0.5, row + 0.5))
        return self.mapFromScene(scene)

    # What the person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if self._stroking:
            if cell is not None:
                self._hover(cell)
                self.stroked.emit(cell)
        elif self._pressed is not None:
            self._drag(event.position())
        else:
            self._hover(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Everything is done here: the scene's own grabbing of the mouse is not needed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        cell = self.cell_at(event.position())
        if self._brush and cell is not None:
            self._stroking = True
            self.stroked.emit(cell)
            return
        scene = self.mapToScene(event.position().toPoint())
        if any(axis.press(scene) for axis in (self.left, self.bottom)):
            return
        if cell is not None:
            self._pressed = self._dragged = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroking:
            self._stroking = False
            self.stroke_ended.emit()
            return
        pressed, self._pressed = self._pressed, None
        if pressed is None or (event.position() - pressed).manhattanLength() >= CLICK:
            return
        cell = self.cell_at(event.position())
        if cell is not None:
            self._hover(cell)
            self.pin(None if cell == self.pinned else cell)

    def _drag(self, to: QPointF) -> None:
        """Move the map with the mouse."""
        before = self.box.mapSceneToView(self.mapToScene(self._dragged.toPoint()))
        after = self.box.mapSceneToView(self.mapToScene(to.toPoint()))
        self._dragged = to
        self.box.translateBy(x=before.x() - after.x(), y=before.y() - after.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps and self.tiles.shape[0]:
            self._step(*steps[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(1 / ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._zoom(ZOOM)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key == Qt.Key.Key_Space and self.cell is not None and self._brush:
            self.stroked.emit(self.cell)
            self.stroke_ended.emit()
        elif key == Qt.Key.Key_Space and self.cell is not None:
            self.pin(None if self.cell == self.pinned else self.cell)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cell is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._column_chosen(self.cell.column)
            else:
                self._row_chosen(self.cell.row)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "bottom_profile"):
            self._fit_height()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.overlay.update()

    def pin(self, cell: CellAt | None) -> None:
        """Hold a cell: the read-out stays with it."""
        self.pinned = self.overlay.pinned = cell
        self.overlay.update()
        self.pinned_changed.emit(cell)

    def cell_at(self, position: QPointF) -> CellAt | None:
        """The cell at a place in the widget, or None."""
        scene = self.mapToScene(position.toPoint())
        if not self.box.sceneBoundingRect().contains(scene):
            return None
        at = self.box.mapSceneToView(scene)
        queries, keys = self.tiles.shape
        row, column = int(np.floor(at.y())), int(np.floor(at.x()))
        return CellAt(row, column) if 0 <= row < queries and 0 <= column < keys else None

    def sizeHint(self) -> QSize:
        return QSize(480, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 200)

    # Inside

    def _fit_height(self) -> None:
        """In a low plot the map itself goes before its lower profile and long labels."""
        low = self.height() < LOW_LINES * self.fontMetrics().lineSpacing()
        shown = self._profiles and not low
        self.bottom_profile.setVisible(shown)
        self.bottom_profile.setFixedHeight(THICK if shown else 0)
        self.bottom.set_most_chars(FEW_CHARS if low else MOST_CHARS)

    def _hover(self, cell: CellAt | None) -> None:
        if cell != self.cell:
            self.set_cursor(cell)
            self.hovered.emit(cell)

    def _step(self, down: int, right: int) -> None:
        queries, keys = self.tiles.shape
        at = self.cell or self.pinned or CellAt(queries - 1, 0)
        row = min(max(0, at.row + (down if self.cell or self.pinned else 0)), queries - 1)
        column = min(max(0, at.column + (right if self.cell or self.pinned else 0)), keys - 1)
        cell = CellAt(row, column)
        (x0, x1), (y0, y1) = self.box.viewRange()
        dx = min(0.0, column - x0) + max(0.0, column + 1 - x1)
        dy = min(0.0, row - y0) + max(0.0, row + 1 - y1)
        if dx or dy:
            self.box.translateBy(x=dx, y=dy)
        self._hover(cell)

    def _zoom(self, factor: float) -> None:
        centre = None
        if self.cell is not None:
            centre = pg.Point(self.cell.column + 0.5, self.cell.row + 0.5)
        self.box.scaleBy((factor, factor), center=centre)

    def _row_chosen(self, row: int) -> None:
        self.rows = self.rows ^ {row}
        self._mark()
        self.rows_changed.emit(self.rows)

    def _column_chosen(self, column: int) -> None:
        self.columns = self.columns ^ {column}
        self._mark()
        self.columns_changed.emit(self.columns)

    def _mark(self) -> None:
        self.left.set_marks(self.rows, self.cell.row if self.cell else -1)
        self.bottom.set_marks(self.columns, self.cell.column if self.cell else -1)

    def _recolour(self) -> None:
        colours = self._theme.colours
        self._theme.style(self)
        self.tiles.set_colours(colours)
        self.overlay.colours = colours
        for part in (self.left, self.bottom):
            part.fit()
        for item in (self.left, self.bottom, self.right_profile, self.bottom_profile, self.overlay):
            item.update()

    def _lay_out(self) -> None:
        self._pressed: QPointF | None = None
        self._dragged = QPointF()
        grid = pg.GraphicsLayout()
        grid.setContentsMargins(0, 4, 0, 0)
        grid.layout.setSpacing(4)
        grid.addItem(self.left, 0, 0)
        grid.addItem(self.box, 0, 1)
        grid.addItem(self.right_profile, 0, 2)
        grid.addItem(self.bottom, 1, 1)
        grid.addItem(self.bottom_profile, 2, 1)
        grid.layout.setColumnStretchFactor(1, 1)
        grid.layout.setRowStretchFactor(0, 1)
        self.setCentralItem(grid)
