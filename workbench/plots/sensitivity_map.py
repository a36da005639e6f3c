"""Rows × ratios: what each row would lose; ticks where the rows stand now, dots where it is known.

A small map whose cells can be chosen with the mouse or the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from workbench.plots.colour_maps import Scale
from workbench.plots.small_map import PAD, SmallMap, SmallMatrix
from workbench.plots.theme import PlotTheme

MOST_ROW = 40.0
FEW_ROWS = 4
MOST_LINES = 20


@dataclass(frozen=True)
class RootScale(Scale):
    """The square root of a squared error becomes the colour: small errors stay apart."""

    def share(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """See `Scale.share`."""
        top = self.high if self.high > 0 else 1.0
        return np.sqrt(np.clip(values / top, 0.0, 1.0)).astype(np.float32)

    def value(self, share: float) -> float:
        """See `Scale.value`."""
        return self.high * share**2


class SensitivityMap(SmallMap):
    """A row per layer, a column per ratio.

    Signals:
        chosen(int, int): Row and column that the person clicked, or Return on the cursor.
    """

    chosen = Signal(int, int)

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._now: tuple[float, ...] = ()
        self._known: frozenset[tuple[int, int]] = frozenset()
        self._told: dict[tuple[int, int], str] = {}
        self._cursor: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_curves(
        self,
        names: Sequence[str],
        grid: Sequence[float],
        values: NDArray[np.float64],
        titles: tuple[str, str, str],
    ) -> None:
        """Show errors, ``[rows, grid]``; titles of rows and columns and the unit."""
        if not values.size:
            self.set_matrix(None)
            return
        scale = RootScale(0.0, float(max(values.max(), 1e-9)))
        row_title, column_title, unit = titles
        self.set_matrix(
            SmallMatrix(
                values, scale, rows=names, columns=[f"{100 * one:.0f} %" for one in grid],
                row_title=row_title, column_title=column_title, unit=unit, square=False,
            )
        )  # fmt: skip
        self._grid = tuple(grid)
        below = 2 * self.fontMetrics().lineSpacing() + round(PAD)
        self.setMaximumHeight(round(max(len(names), FEW_ROWS) * MOST_ROW) + below)
        self.updateGeometry()

    def set_now(self, ratios: Sequence[float]) -> None:
        """Where each row stands now, in ratios."""
        self._now = tuple(ratios)
        self.update()

    def set_known(self, told: dict[tuple[int, int], str]) -> None:
        """Cells that were measured, with what a tip says of them."""
        self._told = dict(told)
        self.update()

    def told(self, row: int, column: int) -> str:
        """A cell in words, with what was measured there."""
        text = super().told(row, column)
        known = self._told.get((row, column))
        return f"{text}\n{known}" if known else text

    def area(self) -> QRectF:
        """Room for the rows' names at the left, the columns' below."""
        matrix = self.matrix
        metrics = self.fontMetrics()
        names = matrix.rows if matrix is not None else ()
        left = max((metrics.horizontalAdvance(one) for one in names), default=0) + 2 * PAD
        below = 2 * metrics.lineSpacing() + PAD
        high = max(8.0, self.height() - below)
        if matrix is not None:
            high = min(high, MOST_ROW * len(matrix.values))
        return QRectF(left, 1, max(8.0, self.width() - left - metrics.height()), high)

    def sizeHint(self) -> QSize:
        """Rows as high as they are read best, but no more than a part of the page."""
        line = self.fontMetrics().lineSpacing()
        rows = len(self.matrix.values) if self.matrix is not None else FEW_ROWS
        high = min(max(rows, FEW_ROWS) * MOST_ROW, MOST_LINES * line) + 2 * line + PAD
        return QSize(18 * line, round(high))

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(14 * line, 8 * line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().x(), event.position().y())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._cursor = cell
            self.update()
            self.chosen.emit(*cell)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the cursor, Return chooses its cell."""
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        key, matrix = Qt.Key(event.key()), self.matrix
        if matrix is None:
            super().keyPressEvent(event)
        elif key in steps:
            high, wide = matrix.values.shape
            row, column = self._cursor or (0, 0)
            down, right = steps[key] if self._cursor is not None else (0, 0)
            row, column = min(max(row + down, 0), high - 1), min(max(column + right, 0), wide - 1)
            self._cursor = (row, column)
            self.setAccessibleDescription(self.told(row, column))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self.chosen.emit(*self._cursor)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        matrix = self.matrix
        if matrix is None or not matrix.values.size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.area()
        high, wide = matrix.values.shape
        cell = QRectF(0, 0, area.width() / wide, area.height() / high)
        self._paint_labels(painter, area, cell, matrix)
        ground, text = self._theme.colours.ground, self._theme.colours.text
        for row, column in self._told:
            middle = QPointF(
                area.x() + (column + 0.5) * cell.width(), area.y() + (row + 0.5) * cell.height()
            )
            painter.setPen(QPen(ground, 1.5))
            painter.setBrush(text)
            painter.drawEllipse(middle, 3.5, 3.5)
        step = self._grid[1] - self._grid[0] if wide > 1 else 1.0
        for row, ratio in enumerate(self._now[:high]):
            x = area.x() + (ratio / step + 0.5) * cell.width()
            top = area.y() + row * cell.height()
            painter.fillRect(QRectF(x - 2, top, 4, cell.height()), ground)
            painter.fillRect(QRectF(x - 1, top, 2, cell.height()), self._theme.colours.accent)
        if self._cursor is not None and self.hasFocus():
            row, column = self._cursor
            painter.setPen(QPen(text, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(
                cell.translated(area.x() + column * cell.width(), area.y() + row * cell.height())
            )

    def _paint_titles(self, painter: QPainter, area: QRectF, matrix: SmallMatrix) -> None:
        """The names stand beside the rows; only what runs to the right needs a title."""
        painter.setFont(self.font())
        painter.setPen(self._theme.colours.muted)
        line = self.fontMetrics().lineSpacing()
        below = QRectF(area.x(), area.bottom() + line + PAD, area.width(), line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), matrix.column_title)

    def _paint_labels(
        self, painter: QPainter, area: QRectF, cell: QRectF, matrix: SmallMatrix
    ) -> None:
        painter.setFont(self.font())
        painter.setPen(self._theme.colours.muted)
        line = self.fontMetrics().lineSpacing()
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        every = max(1, round(line / cell.height() + 0.4))
        for row in range(0, len(matrix.values), every):
            place = QRectF(0, area.y() + row * cell.height(), area.x() - PAD, cell.height() * every)
            painter.drawText(place, right, matrix.row_name(row))
        widest = self.fontMetrics().horizontalAdvance("00 %") + 2 * PAD
        apart = max(1, int(np.ceil(widest / cell.width() / 2)) * 2)
        for column in range(0, matrix.values.shape[1], apart):
            middle = area.x() + (column + 0.5) * cell.width()
            place = QRectF(middle - widest, area.bottom() + 2, 2 * widest, line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignHCenter), matrix.column_name(column))
