"""A small matrix of signed figures: named rows and columns, tinted cells, one chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.widgets.signed_tint import signed_tint
from workbench.widgets.tones import current_tones

STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
LEAST_CHARS = 14
MOST_CHARS = 30


@dataclass(frozen=True)
class MatrixCell:
    """One figure: as read, as tinted, and where it comes from."""

    text: str
    value: float
    tip: str


class Matrix(QWidget):
    """Signals:
    chosen(int, int): Row and column that the person went to.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._cells: dict[tuple[int, int], MatrixCell] = {}
        self._full = 0.0
        self._current = (0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_content(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        cells: Mapping[tuple[int, int], MatrixCell],
        full: float,
    ) -> None:
        """Show these figures; `full` is the value of the strongest tint."""
        self._rows, self._columns = tuple(rows), tuple(columns)
        self._cells, self._full = dict(cells), full
        if self._current not in self._cells:
            self._current = (0, 0)
        self.updateGeometry()
        self.update()

    def current(self) -> tuple[int, int]:
        """Row and column chosen."""
        return self._current

    def choose(self, row: int, column: int) -> None:
        """Go to a cell."""
        if (row, column) in self._cells:
            self._current = (row, column)
            cell = self._cells[row, column]
            self.setAccessibleDescription(
                f"{self._rows[row]}, {self._columns[column]}: {cell.text}"
            )
            self.update()
            self.chosen.emit(row, column)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        head, width, height = self._head_width(), self._cell_width(), self._line()
        return QRectF(head + column * width, (row + 1) * height, width, height)

    def sizeHint(self) -> QSize:
        width = self._head_width() + len(self._columns) * self._text_width(LEAST_CHARS)
        return QSize(int(width), int(self._line() * (len(self._rows) + 1)) + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(int(self._head_width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tones = current_tones()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(tones.dim)
        metrics = self.fontMetrics()
        for column, name in enumerate(self._columns):
            area = self.cell_rect(-1, column).adjusted(4, 0, -8, 0)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(area.width()))
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, text)
        for row, name in enumerate(self._rows):
            area = QRectF(0, (row + 1) * self._line(), self._head_width() - 12, self._line())
            painter.setPen(tones.text)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(area.width()))
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, text)
        for (row, column), cell in self._cells.items():
            area = self.cell_rect(row, column)
            inner = area.adjusted(1, 1, -1, -1)
            painter.fillRect(inner, signed_tint(cell.value, self._full, tones))
            if (row, column) == self._current:
                painter.setPen(QPen(tones.accent, 2 if self.hasFocus() else 1))
                painter.drawRect(inner)
            painter.setPen(tones.text)
            painter.drawText(
                inner.adjusted(8, 0, -8, 0), middle | Qt.AlignmentFlag.AlignRight, cell.text
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for row, column in self._cells:
            if self.cell_rect(row, column).contains(event.position()):
                self.choose(row, column)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.choose(self._current[0] + step[0], self._current[1] + step[1])

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for (row, column), cell in self._cells.items():
                if self.cell_rect(row, column).contains(event.pos()):
                    QToolTip.showText(event.globalPos(), cell.tip, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def _line(self) -> float:
        return float(self.fontMetrics().height() + 12)

    def _text_width(self, characters: int) -> float:
        return float(self.fontMetrics().averageCharWidth() * characters + 16)

    def _head_width(self) -> float:
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(name) for name in self._rows), default=0)
        return min(float(longest + 20), self._text_width(MOST_CHARS))

    def _cell_width(self) -> float:
        if not self._columns:
            return 0.0
        room = (self.width() - self._head_width()) / len(self._columns)
        return max(self._text_width(6), min(room, self._text_width(MOST_CHARS)))
