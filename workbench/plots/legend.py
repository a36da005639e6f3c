"""The legend of a chart: a sample of each line with its name, wrapped to the width."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.plots.series import LineStyle, Series
from workbench.services.theme import Theme

SAMPLE, GAP, BETWEEN, PAD = 20, 6, 16, 2
PEN_STYLES: dict[LineStyle, Qt.PenStyle] = {
    "line": Qt.PenStyle.SolidLine,
    "dashed": Qt.PenStyle.DashLine,
    "dotted": Qt.PenStyle.DotLine,
    "points": Qt.PenStyle.NoPen,
    "steps": Qt.PenStyle.SolidLine,
}


class Legend(QWidget):
    """Names of the series; a click, or arrow keys and Space, hides or shows one.

    Signals:
        toggled(int): The series with this number was clicked.
    """

    toggled = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._series: tuple[Series, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_series(self, series: tuple[Series, ...], hidden: frozenset[int]) -> None:
        """Show these names; the hidden ones are struck out."""
        self._series, self._hidden = series, hidden
        self._current = min(self._current, max(0, len(series) - 1))
        said = ", ".join(one.name for n, one in enumerate(series) if n not in hidden)
        self.setAccessibleName(said)
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        width = sum(rect.width() + BETWEEN for _, rect in self._places(100_000))
        return QSize(width, self._row_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._row_height())

    def place_of(self, number: int) -> QRect:
        """Where the entry of a series is drawn."""
        return next(rect for n, rect in self._places(self.width()) if n == number)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, rect in self._places(self.width()):
            one = self._series[number]
            hidden = number in self._hidden
            colour = self._theme.colour("muted" if hidden else one.colour_role(number))
            self._paint_sample(painter, rect, one.style, colour)
            font = self.font()
            font.setStrikeOut(hidden)
            painter.setFont(font)
            painter.setPen(self._theme.colour("muted" if hidden else "text"))
            text = rect.adjusted(SAMPLE + GAP, 0, 0, 0)
            name = painter.fontMetrics().elidedText(
                one.name, Qt.TextElideMode.ElideRight, text.width()
            )
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), name)
            if self.hasFocus() and number == self._current:
                painter.setPen(self._theme.colour("accent"))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(rect, 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, rect in self._places(self.width()):
            if rect.contains(event.position().toPoint()):
                self._current = number
                self.toggled.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        if step and self._series:
            self._current = (self._current + step) % len(self._series)
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return) and self._series:
            self.toggled.emit(self._current)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        """As high as its lines at this width."""
        ends = [rect.bottom() + 1 for _, rect in self._places(self.width())]
        height = ends[-1] if ends else 0
        if height != self.height():
            self.setFixedHeight(height)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 2 * PAD

    def _places(self, width: int) -> Iterator[tuple[int, QRect]]:
        """Every entry and its rectangle, from left to right, line by line."""
        x = y = 0
        high = self._row_height()
        for number, one in enumerate(self._series):
            wide = SAMPLE + GAP + self.fontMetrics().horizontalAdvance(one.name) + 4
            if x and x + wide > width:
                x, y = 0, y + high
            yield number, QRect(x, y, min(wide, max(width - x, 1)), high)
            x += wide + BETWEEN

    def _paint_sample(
        self, painter: QPainter, rect: QRect, style: LineStyle, colour: QColor
    ) -> None:
        middle = rect.center().y() + 0.5
        if style == "points":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for share in (0.25, 0.75):
                painter.drawEllipse(QPointF(rect.x() + SAMPLE * share, middle), 2.5, 2.5)
            return
        painter.setPen(QPen(colour, 2, PEN_STYLES[style]))
        painter.drawLine(QPointF(rect.x(), middle), QPointF(rect.x() + SAMPLE, middle))
