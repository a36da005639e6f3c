"""Accuracy per column as bars with their intervals, drawn by hand so that text stays sharp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.evaluation.statistics.comparison import Standing
from workbench.services.theme import Theme
from workbench.services.tips import tip

GAP: Final = 12
LABEL_SHARE: Final = 0.3
TICKS: Final = (0, 25, 50, 75, 100)


class AccuracyBars(QWidget):
    """One row per column: name, bar, whisker, figure.

    Args:
        theme: Colours; the drawing follows it.
        explain: What the tooltip of a row says.
    """

    def __init__(
        self, theme: Theme, explain: Callable[[Standing], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._explain = explain
        self._rows: tuple[Standing, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    def set_rows(self, rows: Sequence[Standing]) -> None:
        """Show these columns."""
        grew = len(rows) != len(self._rows)
        self._rows = tuple(rows)
        self.setAccessibleName(self.tr("Accuracy per column"))
        self.setAccessibleDescription("\n".join(self._explain(row) for row in rows))
        if grew:
            self.updateGeometry()
        self.update()

    def rows(self) -> tuple[Standing, ...]:
        """What is shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        height = self._row_height() * len(self._rows) + self.fontMetrics().height() * 2 + GAP
        return QSize(self.fontMetrics().averageCharWidth() * 80, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 36, self.sizeHint().height())

    def row_at(self, y: float) -> int | None:
        """The row at a height, or None."""
        row = int(y // self._row_height())
        return row if 0 <= row < len(self._rows) else None

    def event(self, event: QEvent) -> bool:
        """The tooltip says where a row's numbers come from."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            if row is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), tip(self._explain(self._rows[row])), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names at the left, figures at the right, the scale below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._bar_area()
        self._paint_scale(painter, area)
        for place, row in enumerate(self._rows):
            self._paint_row(painter, area, place * self._row_height(), row)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._restyle()

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 14

    def _bar_area(self) -> QRectF:
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(row.label) for row in self._rows), default=0)
        left = min(names, int(self.width() * LABEL_SHARE)) + GAP
        figures = max((metrics.horizontalAdvance(_figure(row)) for row in self._rows), default=0)
        width = max(40, self.width() - left - figures - 2 * GAP)
        return QRectF(left, 0, width, self._row_height() * len(self._rows))

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        metrics = self.fontMetrics()
        for tick in TICKS:
            x = area.left() + area.width() * tick / 100
            painter.setPen(self._theme.colour("line" if tick == 0 else "grid"))
            painter.drawLine(int(x), int(area.top()), int(x), int(area.bottom()) + 4)
            text = f"{tick} %"
            width = metrics.horizontalAdvance(text) + 4
            box = QRectF(x - width / 2, area.bottom() + 5, width, metrics.height())
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        legend = self.tr("Bar: accuracy · line: 95 % interval · right: items right of items scored")
        box = QRectF(0, area.bottom() + 7 + metrics.height(), self.width(), metrics.height())
        shown = metrics.elidedText(legend, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, shown)

    def _paint_row(self, painter: QPainter, area: QRectF, top: float, row: Standing) -> None:
        metrics, height = self.fontMetrics(), self._row_height()
        middle = top + height / 2
        label = QRectF(0, top, area.left() - GAP, height)
        shown = metrics.elidedText(row.label, Qt.TextElideMode.ElideMiddle, int(label.width()))
        upright = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.colour("text"))
        painter.drawText(label, upright | Qt.AlignmentFlag.AlignRight, shown)
        figure = QRectF(area.right() + GAP, top, self.width() - area.right() - GAP, height)
        painter.drawText(figure, upright | Qt.AlignmentFlag.AlignLeft, _figure(row))
        if row.accuracy is None:
            return
        thick = height * 0.5
        bar = QRectF(area.left(), middle - thick / 2, area.width() * row.accuracy, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.mixed("window", "series-1", 0.6))
        painter.drawRoundedRect(bar, 2, 2)
        if row.interval is not None:
            self._paint_whisker(painter, area, middle, row.interval.low, row.interval.high)

    def _paint_whisker(
        self, painter: QPainter, area: QRectF, middle: float, low: float, high: float
    ) -> None:
        painter.setPen(self._theme.colour("text"))
        left, right = (area.left() + area.width() * min(1.0, max(0.0, x)) for x in (low, high))
        y = int(middle)
        painter.drawLine(int(left), y, int(right), y)
        for x in (left, right):
            painter.drawLine(int(x), y - 4, int(x), y + 4)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


def _figure(row: Standing) -> str:
    if row.accuracy is None:
        return "–"
    right = f"{row.right:g}" if row.right == round(row.right) else f"{row.right:.1f}"
    return f"{100 * row.accuracy:.1f} %   {right} / {row.n}"
