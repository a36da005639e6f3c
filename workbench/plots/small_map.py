"""A small matrix as one picture: scores of a head, a triangle with numbers, a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.plots.colour_maps import Scale, qt_table, quantise
from workbench.plots.export import Column
from workbench.plots.hatching import hatch
from workbench.plots.series import short
from workbench.plots.theme import PlotTheme
from workbench.services.theme import contrast
from workbench.services.tips import tip

LEAST_LINES: Final = 12
PAD: Final = 4.0


@dataclass(frozen=True, eq=False)
class SmallMatrix:
    """What a small map shows.

    Attributes:
        values: ``[rows, columns]``; any value where masked.
        scale: How values become colours.
        masked: Cells without a value, ``[rows, columns]``, or None.
        rows, columns: A label per row and column; may be empty.
        row_title, column_title: What runs downwards and to the right.
        unit: Of the values.
        square: Cells are as high as wide.
        numbers: Write the values into the cells where they fit.
    """

    values: NDArray[np.floating]
    scale: Scale
    masked: NDArray[np.bool_] | None = None
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    row_title: str = ""
    column_title: str = ""
    unit: str = ""
    square: bool = True
    numbers: bool = False

    def row_name(self, row: int) -> str:
        """Label of a row, else its number."""
        return self.rows[row] if row < len(self.rows) else str(row)

    def column_name(self, column: int) -> str:
        """Label of a column, else its number."""
        return self.columns[column] if column < len(self.columns) else str(column)


class SmallMap(QWidget):
    """Paints the matrix; hovering tells a cell."""

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._matrix: SmallMatrix | None = None
        self._image: QImage | None = None
        self._bytes: NDArray[np.uint8] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def matrix(self) -> SmallMatrix | None:
        """What is shown."""
        return self._matrix

    def set_matrix(self, matrix: SmallMatrix | None) -> None:
        """Show a matrix; None shows nothing."""
        self._matrix = matrix
        self._image = None
        if matrix is not None and matrix.values.size:
            found = quantise(matrix.values, matrix.scale, matrix.masked)
            self._bytes = np.ascontiguousarray(found)
            high, wide = found.shape
            self._image = QImage(self._bytes.data, wide, high, wide, QImage.Format.Format_Indexed8)
            self._image.setColorTable(qt_table(matrix.scale.map))
            ends = (short(matrix.scale.value(0.0)), short(matrix.scale.value(1.0)))
            shape = f"{high} × {wide}"
            self.setAccessibleDescription(f"{shape}; {ends[0]} … {ends[1]} {matrix.unit}".strip())
        else:
            self.setAccessibleDescription("")
        self.update()

    def columns(self) -> tuple[Column, ...]:
        """The matrix for a CSV file: a label per row, a column per column."""
        matrix = self._matrix
        if matrix is None:
            return ()
        high, wide = matrix.values.shape
        values = (
            np.where(matrix.masked, np.nan, matrix.values)
            if matrix.masked is not None
            else (matrix.values)
        )
        found: list[Column] = [
            (matrix.row_title, [f"{n} {matrix.row_name(n)}" for n in range(high)])
        ]
        for number in range(wide):
            cells = ["" if np.isnan(v) else f"{v:.7g}" for v in values[:, number]]
            found.append((f"{number} {matrix.column_name(number)}", cells))
        return tuple(found)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The matrix for an NPZ file."""
        matrix = self._matrix
        if matrix is None:
            return {}
        found: dict[str, NDArray[np.generic]] = {"values": np.asarray(matrix.values)}
        if matrix.masked is not None:
            found["masked"] = np.broadcast_to(matrix.masked, matrix.values.shape)
        for name, labels in (("rows", matrix.rows), ("columns", matrix.columns)):
            if labels:
                found[name] = np.asarray(list(labels))
        return found

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of a place in the widget."""
        if self._matrix is None:
            return None
        area = self.area()
        high, wide = self._matrix.values.shape
        if not area.contains(x, y):
            return None
        row = int((y - area.y()) / area.height() * high)
        column = int((x - area.x()) / area.width() * wide)
        return min(row, high - 1), min(column, wide - 1)

    def area(self) -> QRectF:
        """Where the cells are drawn."""
        line = self.fontMetrics().lineSpacing()
        left = line + PAD
        room = QRectF(left, 0, max(8.0, self.width() - left), max(8.0, self.height() - line - PAD))
        if self._matrix is None or not self._matrix.square:
            return room
        high, wide = self._matrix.values.shape
        cell = min(room.width() / max(wide, 1), room.height() / max(high, 1))
        return QRectF(room.x(), room.y(), cell * wide, cell * high)

    def told(self, row: int, column: int) -> str:
        """A cell in words."""
        matrix = self._matrix
        assert matrix is not None
        place = (
            f"{matrix.row_title} {matrix.row_name(row)} · "
            f"{matrix.column_title} {matrix.column_name(column)}"
        )
        if matrix.masked is not None and matrix.masked[row, column]:
            return f"{place}\n–"
        return f"{place}\n{short(float(matrix.values[row, column]))} {matrix.unit}".rstrip()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(18 * line, 18 * line)

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(LEAST_LINES * line, LEAST_LINES * line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().x(), event.position().y())
        text = tip(self.told(*cell)) if cell is not None else ""
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        matrix = self._matrix
        if matrix is None or self._image is None:
            return
        painter = QPainter(self)
        colours = self._theme.colours
        area = self.area()
        if matrix.masked is not None:
            hatch(painter, area, colours)
        shrinks = self._image.width() > area.width() or self._image.height() > area.height()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(area, self._image)
        painter.setPen(colours.line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        if matrix.numbers:
            self._paint_numbers(painter, area, matrix)
        self._paint_titles(painter, area, matrix)

    def _paint_titles(self, painter: QPainter, area: QRectF, matrix: SmallMatrix) -> None:
        painter.setFont(self.font())
        painter.setPen(self._theme.colours.muted)
        line = self.fontMetrics().lineSpacing()
        below = QRectF(area.x(), area.bottom() + PAD, area.width(), line)
        centred = int(Qt.AlignmentFlag.AlignCenter)
        painter.drawText(below, centred, f"{matrix.column_title} →")
        painter.save()
        painter.translate(QPointF(0, area.bottom()))
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), centred, f"← {matrix.row_title}")
        painter.restore()

    def _paint_numbers(self, painter: QPainter, area: QRectF, matrix: SmallMatrix) -> None:
        """The values themselves, where the widest of them fits."""
        high, wide = matrix.values.shape
        cell = QRectF(0, 0, area.width() / wide, area.height() / high)
        font = self._theme.mono()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        texts = [[short(float(v)) for v in row] for row in matrix.values]
        widest = max(metrics.horizontalAdvance(text) for row in texts for text in row)
        if widest + 4 > cell.width() or metrics.height() > cell.height():
            return
        table = qt_table(matrix.scale.map)
        assert self._bytes is not None
        black, white = QColor("#000000"), QColor("#ffffff")
        for row in range(high):
            for column in range(wide):
                if matrix.masked is not None and matrix.masked[row, column]:
                    continue
                ground = QColor.fromRgba(table[int(self._bytes[row, column])])
                lighter = contrast(ground, white) > contrast(ground, black)
                painter.setPen(white if lighter else black)
                place = cell.translated(
                    area.x() + column * cell.width(), area.y() + row * cell.height()
                )
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), texts[row][column])
