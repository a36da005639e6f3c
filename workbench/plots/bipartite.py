"""Two columns of tokens with a line for every weight: the head view of short texts (Vig 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.plots.theme import PlotTheme
from workbench.plots.token_axis import shown_token

MOST_TOKENS: Final = 256
LEAST: Final = 0.03
SPAN_CHARS: Final = 34
PAD: Final = 8.0


def head_colour(theme: PlotTheme, number: int, count: int) -> QColor:
    """The colour of a head: the series of the theme, or evenly spaced hues for many heads."""
    colours = theme.colours
    if count <= len(colours.series):
        return colours.series_colour(number)
    return QColor.fromHslF(number / count, 0.55, 0.62 if colours.dark else 0.40)


class Bipartite(QWidget):
    """Queries at the left, keys at the right.

    Pointing at a token shows its lines alone; a click holds it; the arrow keys walk along the
    queries.

    Signals:
        row_chosen(int): The query that is held; -1 = none.
    """

    row_chosen = Signal(int)

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._weights: NDArray[np.float32] = np.zeros((0, 0, 0), np.float32)
        self._rows: Sequence[str] = ()
        self._columns: Sequence[str] = ()
        self.shown: tuple[int, ...] = ()
        self.over: tuple[str, int] | None = None
        self.held: tuple[str, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._recolour)

    def show_weights(
        self, weights: NDArray[np.float32], rows: Sequence[str], columns: Sequence[str]
    ) -> None:
        """Show the heads of a layer, weights ``[heads, queries, keys]``."""
        self._weights, self._rows, self._columns = weights, rows, columns
        self.over = self.held = None
        self.updateGeometry()
        self.update()

    def set_shown(self, heads: tuple[int, ...]) -> None:
        """Draw the lines of these heads."""
        if heads != self.shown:
            self.shown = heads
            self.update()

    def lines(self) -> list[tuple[int, int, int, float]]:
        """(head, query, key, weight) of the lines that are drawn now."""
        focus = self.over or self.held
        found: list[tuple[int, int, int, float]] = []
        for head in self.shown:
            if head >= len(self._weights):
                continue
            weights = self._weights[head]
            strong = weights >= LEAST
            if focus is not None:
                only = np.zeros_like(strong)
                side, number = focus
                if side == "row":
                    only[number] = True
                else:
                    only[:, number] = True
                strong = strong & only
            for i, j in np.argwhere(strong):
                found.append((head, int(i), int(j), float(weights[i, j])))
        return found

    def sizeHint(self) -> QSize:
        count = max(len(self._rows), len(self._columns), 1)
        return QSize(420, round(count * self._pitch() + 2 * PAD))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def centre_of(self, side: str, number: int) -> QPointF:
        """Where a token is, for the mouse."""
        left, right = self._edges()
        x = left - 10 if side == "row" else right + 10
        return QPointF(x, PAD + (number + 0.5) * self._pitch())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colours.ground)
        lines = self.lines()
        self._paint_lines(painter, lines)
        self._paint_tokens(painter, lines)
        if self.hasFocus():
            painter.setPen(self._theme.colours.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_over(self._token_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        token = self._token_at(event.position())
        self._hold(None if token == self.held else token)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_over(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step and self._rows:
            at = self.held[1] if self.held and self.held[0] == "row" else -1
            self._hold(("row", min(max(0, at + step), len(self._rows) - 1)))
        elif event.key() == Qt.Key.Key_Escape and self.held is not None:
            self._hold(None)
        else:
            super().keyPressEvent(event)

    # Inside

    def _pitch(self) -> float:
        return QFontMetricsF(self._theme.mono()).height() + 3

    def _edges(self) -> tuple[float, float]:
        """Where the lines begin and end."""
        metrics = QFontMetricsF(self._theme.mono())
        char = metrics.horizontalAdvance("0")
        room = max((len(shown_token(text)) for text in (*self._rows, *self._columns)), default=4)
        room = min(room, 16) * char + 16
        span = min(self.width() - 2 * room, SPAN_CHARS * 2 * char)
        middle = self.width() / 2
        return middle - span / 2, middle + span / 2

    def _paint_lines(self, painter: QPainter, lines: list[tuple[int, int, int, float]]) -> None:
        left, right = self._edges()
        pitch = self._pitch()
        for head, i, j, weight in lines:
            colour = head_colour(self._theme, head, len(self._weights))
            colour.setAlphaF(min(1.0, 0.08 + 0.92 * weight))
            painter.setPen(QPen(colour, 1.0 + 2.0 * weight))
            painter.drawLine(
                QPointF(left, PAD + (i + 0.5) * pitch), QPointF(right, PAD + (j + 0.5) * pitch)
            )

    def _paint_tokens(self, painter: QPainter, lines: list[tuple[int, int, int, float]]) -> None:
        colours, font = self._theme.colours, self._theme.mono()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        left, right = self._edges()
        pitch = self._pitch()
        focus = self.over or self.held
        sums: dict[tuple[str, int], float] = {}
        if focus is not None:
            for _, i, j, weight in lines:
                other = ("column", j) if focus[0] == "row" else ("row", i)
                sums[other] = sums.get(other, 0.0) + weight / max(1, len(self.shown))
        for side, labels in (("row", self._rows), ("column", self._columns)):
            x, room = (PAD, left - PAD - 6) if side == "row" else (right + 6, self.width() - right)
            align = Qt.AlignmentFlag.AlignRight if side == "row" else Qt.AlignmentFlag.AlignLeft
            for number, text in enumerate(labels):
                box = QRectF(x, PAD + number * pitch, room, pitch)
                share = sums.get((side, number), 0.0)
                marked = focus == (side, number)
                if share or marked:
                    ground = QColor(colours.accent)
                    ground.setAlphaF(0.3 if marked else min(0.6, share))
                    width = metrics.horizontalAdvance(shown_token(text)) + 8
                    start = box.right() - width + 4 if side == "row" else box.left() - 4
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(ground)
                    painter.drawRoundedRect(QRectF(start, box.top(), width, pitch), 3, 3)
                painter.setPen(colours.text if share or marked or focus is None else colours.muted)
                shown = metrics.elidedText(
                    shown_token(text), Qt.TextElideMode.ElideRight, max(10.0, room - 8)
                )
                painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)

    def _token_at(self, place: QPointF) -> tuple[str, int] | None:
        left, right = self._edges()
        number = int((place.y() - PAD) // self._pitch())
        if place.x() < left and 0 <= number < len(self._rows):
            return ("row", number)
        if place.x() > right and 0 <= number < len(self._columns):
            return ("column", number)
        return None

    def _set_over(self, token: tuple[str, int] | None) -> None:
        if token != self.over:
            self.over = token
            self.update()

    def _hold(self, token: tuple[str, int] | None) -> None:
        self.held = token
        self.row_chosen.emit(token[1] if token is not None and token[0] == "row" else -1)
        self.update()

    def _recolour(self) -> None:
        self.updateGeometry()
        self.update()
