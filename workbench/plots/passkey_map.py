"""Keys found by length and depth, one panel per method, filling in while they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.plots.colour_maps import ATTENTION, colour_at
from workbench.plots.export import Column
from workbench.plots.hatching import hatch
from workbench.plots.theme import PlotTheme
from workbench.services.theme import contrast
from workbench.services.tips import tip

State = Literal["waiting", "running", "done"]
BETWEEN: Final = 20.0
BELOW: Final = 16.0
PAD: Final = 4.0
DEPTHS: Final = 8


@dataclass(frozen=True)
class Found:
    """Keys of one place.

    Attributes:
        right, n: How many were found, of how many.
        tip: More of it for the hover, in words.
    """

    right: int
    n: int
    tip: str = ""

    @property
    def share(self) -> float:
        """right / n; 0 of none."""
        return self.right / self.n if self.n else 0.0


@dataclass(frozen=True)
class LengthColumn:
    """One length of a panel.

    Attributes:
        label: The length, such as ``"4×"``.
        cells: By depth, shallowest first; empty while nothing is known.
        total: All depths together, or None.
        low, high: Its 95 % interval.
        state: Whether more is to come.
        tip: All of it in words.
    """

    label: str
    cells: tuple[Found, ...] = ()
    total: Found | None = None
    low: float = 0.0
    high: float = 1.0
    state: State = "waiting"
    tip: str = ""


@dataclass(frozen=True)
class MethodPanel:
    """One method.

    Attributes:
        title: Its name.
        columns: A column per length, shortest first.
        reason: Why the method does not apply; empty = it does.
    """

    title: str
    columns: tuple[LengthColumn, ...]
    reason: str = ""


class PasskeyMap(QWidget):
    """Paints the panels, as many side by side as fit; hovering or the arrow keys tell a cell.

    Signals:
        chosen(int, int): Panel and column that the person clicked, or Return on the cursor.
    """

    chosen = Signal(int, int)

    def __init__(self, theme: PlotTheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._panels: tuple[MethodPanel, ...] = ()
        self._words = ("", "")
        self._cursor: tuple[int, int] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fit)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    # What it shows

    def set_panels(self, panels: Sequence[MethodPanel], words: tuple[str, str]) -> None:
        """Show these; `words` name the first and the last depth."""
        self._panels, self._words = tuple(panels), words
        known = [
            f"{panel.title} {column.label}: {column.total.share:.0%}"
            for panel in self._panels
            for column in panel.columns
            if column.total is not None
        ]
        self.setAccessibleDescription("; ".join(known))
        self._fit()
        self.update()

    def panels(self) -> tuple[MethodPanel, ...]:
        """What is shown."""
        return self._panels

    def columns(self) -> tuple[Column, ...]:
        """A line per method, length and depth, for a CSV file."""
        rows = [
            (panel.title, column.label, depth, len(column.cells), cell)
            for panel in self._panels
            for column in panel.columns
            for depth, cell in enumerate(column.cells)
        ]
        return (
            ("method", [row[0] for row in rows]),
            ("length", [row[1] for row in rows]),
            ("depth", [row[2] / max(1, row[3] - 1) for row in rows]),
            ("found", [float(row[4].right) for row in rows]),
            ("n", [float(row[4].n) for row in rows]),
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Shares and counts as ``[methods, lengths, depths]`` for an NPZ file; NaN = not asked."""
        deep = max((len(c.cells) for p in self._panels for c in p.columns), default=0)
        wide = max((len(panel.columns) for panel in self._panels), default=0)
        shares = np.full((len(self._panels), wide, deep), np.nan)
        counts = np.zeros((len(self._panels), wide, deep), np.int64)
        for row, panel in enumerate(self._panels):
            for place, column in enumerate(panel.columns):
                for depth, cell in enumerate(column.cells):
                    shares[row, place, depth] = cell.share if cell.n else np.nan
                    counts[row, place, depth] = cell.n
        return {
            "share": shares, "n": counts,
            "methods": np.asarray([panel.title for panel in self._panels]),
        }  # fmt: skip

    def told(self, panel: int, column: int, depth: int | None = None) -> str:
        """A cell in words, or a whole column."""
        one = self._panels[panel]
        if one.reason:
            return f"{one.title}\n{one.reason}"
        found = one.columns[column]
        lines = [f"{one.title} · {found.label}"]
        if depth is not None and depth < len(found.cells) and found.cells[depth].tip:
            lines.append(found.cells[depth].tip)
        if found.tip:
            lines.append(found.tip)
        return "\n".join(lines)

    # Where things are

    def panel_area(self, number: int) -> QRectF:
        """Where a panel is, its title included."""
        across = self._across()
        left = self._margin()
        wide = (self.width() - left + BETWEEN) / across - BETWEEN
        high = self._panel_height()
        row, column = divmod(number, across)
        return QRectF(left + column * (wide + BETWEEN), row * (high + BELOW), wide, high)

    def column_area(self, panel: int, column: int) -> QRectF:
        """Where the depths of a length are."""
        area = self.panel_area(panel)
        count = max(1, len(self._panels[panel].columns))
        line = self._line()
        wide = area.width() / count
        return QRectF(
            area.x() + column * wide, area.y() + 2.4 * line, wide, DEPTHS * self._cell_height()
        )

    def place_at(self, x: float, y: float) -> tuple[int, int, int | None] | None:
        """Panel, length and depth of a place; the depth is None on the total."""
        for number, panel in enumerate(self._panels):
            if not self.panel_area(number).contains(x, y):
                continue
            for place, column in enumerate(panel.columns):
                area = self.column_area(number, place)
                if not area.left() <= x < area.right() or y < area.top():
                    continue
                if y >= area.bottom():
                    return number, place, None
                deep = max(1, len(column.cells))
                return number, place, min(deep - 1, int((y - area.y()) / area.height() * deep))
            return number, 0, None
        return None

    def sizeHint(self) -> QSize:
        return QSize(round(40 * self._line()), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._margin() + self._least_wide()), self._height())

    def _line(self) -> float:
        return QFontMetricsF(self._theme.font()).lineSpacing()

    def _margin(self) -> float:
        metrics = QFontMetricsF(self._theme.font())
        return max(metrics.horizontalAdvance(word) for word in self._words) + 2 * PAD

    def _cell_height(self) -> float:
        return round(0.75 * self._line())

    def _panel_height(self) -> float:
        """Title, lengths, depths, share and interval."""
        return 2.4 * self._line() + DEPTHS * self._cell_height() + 2.4 * self._line()

    def _least_wide(self) -> float:
        metrics = QFontMetricsF(self._theme.mono())
        count = max((len(panel.columns) for panel in self._panels), default=1)
        return max(1, count) * (metrics.horizontalAdvance("100–100") + PAD)

    def _across(self) -> int:
        """Panels side by side, rows filled evenly."""
        count = max(1, len(self._panels))
        room = self.width() - self._margin() + BETWEEN
        fitting = max(1, int(room / (self._least_wide() + BETWEEN)))
        return ceil(count / ceil(count / min(count, fitting)))

    def _height(self) -> int:
        rows = ceil(max(1, len(self._panels)) / self._across())
        return round(rows * (self._panel_height() + BELOW) - BELOW) + 2

    def _fit(self) -> None:
        if self.minimumHeight() != self._height():
            self.setFixedHeight(self._height())

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width; not at once, for a layout at work does not hear of new heights."""
        super().resizeEvent(event)
        self._soon.start()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().x(), event.position().y())
        text = tip(self.told(*place)) if place is not None else ""
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().x(), event.position().y())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._cursor = place[:2]
            self.update()
            self.chosen.emit(*place[:2])
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right walk over lengths and methods, Return chooses."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._panels:
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self.chosen.emit(*self._cursor)
        else:
            super().keyPressEvent(event)

    def _step(self, step: int) -> None:
        places = [(p, c) for p, one in enumerate(self._panels) for c in range(len(one.columns))]
        if not places:
            return
        at = places.index(self._cursor) + step if self._cursor in places else 0
        self._cursor = places[min(max(at, 0), len(places) - 1)]
        self.setAccessibleDescription(self.told(*self._cursor))
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        across = self._across()
        for number, panel in enumerate(self._panels):
            self._paint_title(painter, number, panel)
            if panel.reason:
                self._paint_reason(painter, number, panel)
                continue
            if number % across == 0:
                self._paint_depths(painter, number)
            for place, column in enumerate(panel.columns):
                self._paint_column(painter, number, place, column)

    def _paint_title(self, painter: QPainter, number: int, panel: MethodPanel) -> None:
        area, line = self.panel_area(number), self._line()
        font = self._theme.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._theme.colours.muted if panel.reason else self._theme.colours.text)
        shown = QFontMetricsF(font).elidedText(
            panel.title, Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(QRectF(area.x(), area.y(), area.width(), 1.2 * line), _LEFT, shown)

    def _paint_reason(self, painter: QPainter, number: int, panel: MethodPanel) -> None:
        area, line = self.panel_area(number), self._line()
        place = area.adjusted(0, 1.4 * line, 0, -1.2 * line)
        hatch(painter, place, self._theme.colours)
        painter.setPen(self._theme.colours.line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        painter.setFont(self._theme.font())
        inside = place.adjusted(8, 8, -8, -8)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        needed = painter.boundingRect(inside, flags, panel.reason).adjusted(-6, -4, 6, 4)
        painter.fillRect(needed.intersected(place), self._theme.colours.ground)
        painter.setPen(self._theme.colours.muted)
        painter.drawText(inside, flags, panel.reason)

    def _paint_depths(self, painter: QPainter, number: int) -> None:
        if not self._panels[number].columns:
            return
        area = self.column_area(number, 0)
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.colours.muted)
        line = self._line()
        wide = area.x() - PAD
        top = QRectF(0, area.y(), wide, line)
        low = QRectF(0, area.bottom() - line, wide, line)
        painter.drawText(top, _RIGHT, self._words[0])
        painter.drawText(low, _RIGHT, self._words[1])

    def _paint_column(
        self, painter: QPainter, number: int, place: int, column: LengthColumn
    ) -> None:
        area, line = self.column_area(number, place), self._line()
        colours = self._theme.colours
        painter.setFont(self._theme.font())
        painter.setPen(colours.muted)
        above = QRectF(area.x(), area.y() - 1.15 * line, area.width(), line)
        painter.drawText(above, _CENTRE, column.label)
        inner = area.adjusted(1, 0, -1, 0)
        deep = len(column.cells)
        painter.setPen(Qt.PenStyle.NoPen)
        if not deep:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.grid, 1))
            painter.drawRect(inner.adjusted(0.5, 0.5, -0.5, -0.5))
        for depth, cell in enumerate(column.cells):
            high = inner.height() / deep
            one = QRectF(inner.x(), inner.y() + depth * high, inner.width(), high - 1)
            painter.fillRect(one, colour_at(ATTENTION, cell.share) if cell.n else colours.grid)
        if column.state == "running" or (self._cursor == (number, place) and self.hasFocus()):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRect(inner.adjusted(1, 1, -1, -2))
        self._paint_total(painter, inner, column)

    def _paint_total(self, painter: QPainter, inner: QRectF, column: LengthColumn) -> None:
        """The share on its own colour, and the interval below it."""
        line, total = self._line(), column.total
        colours = self._theme.colours
        place = QRectF(inner.x(), inner.bottom() + 2, inner.width(), 1.25 * line)
        font = self._theme.mono()
        painter.setFont(font)
        if total is None or not total.n:
            painter.setPen(colours.muted)
            painter.drawText(place, _CENTRE, "–")
            return
        ground = colour_at(ATTENTION, total.share)
        painter.fillRect(place, ground)
        black, white = QColor("#000000"), QColor("#ffffff")
        lighter = contrast(ground, white) > contrast(ground, black)
        painter.setPen(white if lighter else black)
        painter.drawText(place, _CENTRE, f"{100 * total.share:.0f} %")
        painter.setPen(colours.muted)
        below = QRectF(inner.x() - 2, place.bottom(), inner.width() + 4, line)
        painter.drawText(below, _CENTRE, f"{100 * column.low:.0f}–{100 * column.high:.0f}")


_CENTRE: Final = int(Qt.AlignmentFlag.AlignCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
