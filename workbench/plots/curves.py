"""A line chart in the colours of the theme: series, axes with units, markers, a read-out."""

from __future__ import annotations

from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.plots.chart_canvas import Canvas
from workbench.plots.export import Column
from workbench.plots.legend import PEN_STYLES, Legend
from workbench.plots.series import Array, Axis, Marker, Series, arrays, columns, short
from workbench.services.theme import Theme

POINT_SIZE = 5
TEXT_LINES = 10
HIGH = 0.85  # share of the axis from which on a label above a line would be cut off


class LineChart(QWidget):
    """Legend above, plot below; hovering, or the arrow keys, read the values at one x.

    The wheel alone scrolls the page around the chart. All texts come translated.

    Signals:
        hovered(object): The x that is read out, in units of its axis, or None.
    """

    hovered = Signal(object)

    def __init__(self, theme: Theme, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._x, self._y = Axis(""), Axis("")
        self._series: tuple[Series, ...] = ()
        self._markers: tuple[Marker, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self._at: float | None = None
        self.legend = Legend(theme, self)
        self.canvas = Canvas(self)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.readout = QLabel(self)
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout.hide()
        self._lines: dict[int, list[pg.PlotDataItem]] = {}
        self._bands: list[pg.FillBetweenItem] = []
        self._marks: list[pg.InfiniteLine] = []
        self._drawn: object = None
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._dots = pg.ScatterPlotItem(size=POINT_SIZE + 2)
        for item in (self._line, self._dots):
            item.setZValue(20)
            item.hide()
            self.canvas.addItem(item, ignoreBounds=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(4)
        column.addWidget(self.legend)
        column.addWidget(self.canvas, 1)
        self.legend.toggled.connect(self._toggle)
        self.canvas.over.connect(self._mouse_over)
        self.canvas.home.connect(self.fit)
        theme.changed.connect(self._redraw)
        self.set_name(name)
        self._redraw()

    # What it shows

    def set_name(self, name: str) -> None:
        """What the chart is called: for screen readers and file names."""
        self.setAccessibleName(name)

    def set_data(
        self, x: Axis, y: Axis, series: tuple[Series, ...], markers: tuple[Marker, ...] = ()
    ) -> None:
        """Show these series on these axes; series of the same name stay hidden or shown."""
        hidden = {self._series[n].name for n in self._hidden if n < len(self._series)}
        self._x, self._y, self._series, self._markers = x, y, series, markers
        self._hidden = frozenset(n for n, one in enumerate(series) if one.name in hidden)
        if self._drawn == self._dress():
            self._renew()
        else:
            self._redraw()
        self.fit()

    def series(self) -> tuple[Series, ...]:
        """What is shown now, hidden series included."""
        return self._series

    def markers(self) -> tuple[Marker, ...]:
        """The straight lines that are shown."""
        return self._markers

    def hidden(self) -> frozenset[int]:
        """Numbers of the series that are hidden."""
        return self._hidden

    def columns(self) -> tuple[Column, ...]:
        """Columns for a CSV file (`export.columns_csv`): x, then one per series."""
        return columns(self._series, self._x, self._y)

    def arrays(self) -> dict[str, Array]:
        """Arrays for an NPZ file."""
        return arrays(self._series)

    def fit(self) -> None:
        """Show everything again after zooming."""
        box = self.canvas.getPlotItem().vb
        for number, axis in enumerate((self._x, self._y)):
            low, high = self._extent(axis, number == 0)
            pad = 0.0 if axis.low is not None and axis.high is not None else 0.04
            (box.setXRange if number == 0 else box.setYRange)(low, high, padding=pad)

    def read_at(self, x: float | None) -> None:
        """Read the values at the points closest to `x` (None: no longer)."""
        self._at = x
        self._show_readout()
        self.hovered.emit(x)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(28 * line, 14 * line)

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        return QSize(12 * line, TEXT_LINES * line + self.legend.height())

    # Keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right walk along the points, Home shows everything, Esc ends reading."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._series:
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_Home:
            self.fit()
        elif key == Qt.Key.Key_Escape and self._at is not None:
            self.read_at(None)
        else:
            super().keyPressEvent(event)

    def _step(self, step: int) -> None:
        places = np.unique(
            np.concatenate([one.x for n, one in enumerate(self._series) if n not in self._hidden])
            if len(self._hidden) < len(self._series)
            else self._series[0].x
        )
        if not len(places):
            return
        if self._at is None:
            self.read_at(float(places[0 if step > 0 else -1]))
            return
        at = int(np.argmin(np.abs(places - self._at))) + step
        self.read_at(float(places[min(max(at, 0), len(places) - 1)]))

    def _mouse_over(self, x: float | None) -> None:
        self.read_at(10.0**x if x is not None and self._x.log else x)

    def _toggle(self, number: int) -> None:
        self._hidden = self._hidden ^ {number}
        self._redraw()

    # Drawing

    def _dress(self) -> object:
        """All that is drawn but the points: while it stays, lines need only new points."""
        looks = tuple(
            (one.name, one.style, one.role, one.width, one.low is None) for one in self._series
        )
        return self._x, self._y, looks, self._hidden

    def _renew(self) -> None:
        """New points in the lines that are there."""
        for number, items in self._lines.items():
            one = self._series[number]
            edges = () if one.low is None or one.high is None else (one.low, one.high)
            for item, values in zip(items, (*edges, one.y), strict=True):
                x, y = self._kept(one.x, values)
                if one.style == "steps" and values is one.y and len(x) > 1:
                    item.setData(x, y[:-1], stepMode="center")
                else:
                    item.setData(x, y)
        self._mark_all()
        self._tell()

    def _redraw(self) -> None:
        """Everything again: lines, colours, texts."""
        canvas, theme = self.canvas, self._theme
        self._drawn = self._dress()
        for item in (*self._bands, *(item for items in self._lines.values() for item in items)):
            canvas.removeItem(item)
        self._lines, self._bands = {}, []
        canvas.setBackground(theme.colour("window"))
        for axis, shown in ((canvas.bottom, self._x), (canvas.left, self._y)):
            axis.setPen(pg.mkPen(theme.colour("line")))
            axis.setTextPen(pg.mkPen(theme.colour("muted")))
            axis.setStyle(tickFont=self.font(), tickLength=4)
            axis.whole = shown.whole
            axis.setLabel(escape(shown.label), color=theme.colour("muted").name())
            axis.label.setFont(self.font())
        canvas.getPlotItem().setLogMode(x=self._x.log, y=self._y.log)
        canvas.showGrid(x=True, y=True, alpha=0.13)
        for number, one in enumerate(self._series):
            if number not in self._hidden:
                self._draw(number, one)
        self._mark_all()
        self._line.setPen(pg.mkPen(theme.colour("muted"), width=1))
        self.readout.setStyleSheet(
            f"background: {theme.colour('raised').name()}; padding: 4px 8px;"
            f"border: 1px solid {theme.colour('line').name()}; border-radius: 6px;"
        )
        self.legend.set_series(self._series, self._hidden)
        self.legend.setVisible(len(self._series) > 1)
        self._tell()

    def _tell(self) -> None:
        """The chart in words, and the values at the place that is read."""
        self.setAccessibleDescription(self._described())
        self._show_readout()

    def _draw(self, number: int, one: Series) -> None:
        colour = self._theme.colour(one.colour_role(number))
        items = self._lines[number] = []
        if one.low is not None and one.high is not None:
            unseen = pg.mkPen((0, 0, 0, 0))
            soft = pg.mkColor(colour)
            soft.setAlpha(45)
            for edge in (one.low, one.high):
                items.append(self._add(pg.PlotDataItem(*self._kept(one.x, edge), pen=unseen)))
            self._bands.append(pg.FillBetweenItem(*items, brush=soft))
            self.canvas.addItem(self._bands[-1])
        x, y = self._kept(one.x, one.y)
        if one.style == "points":
            item = pg.PlotDataItem(
                x, y, pen=None, symbol="o", symbolSize=POINT_SIZE, symbolBrush=colour,
                symbolPen=None,
            )  # fmt: skip
        else:
            pen = pg.mkPen(colour, width=one.width, style=PEN_STYLES[one.style])
            item = pg.PlotDataItem(x, y, pen=pen, antialias=True, connect="finite")
            if one.style == "steps" and len(x) > 1:
                item.setData(x, y[:-1], stepMode="center")
        items.append(self._add(item))

    def _add(self, item: pg.PlotDataItem) -> pg.PlotDataItem:
        item.setLogMode(self._x.log, self._y.log)
        self.canvas.addItem(item)
        return item

    def _mark_all(self) -> None:
        for line in self._marks:
            self.canvas.removeItem(line)
        self._marks = []
        for marker in self._markers:
            self._mark(marker)

    def _mark(self, marker: Marker) -> None:
        axis = self._y if marker.horizontal else self._x
        if axis.log and marker.at <= 0:
            return
        at = np.log10(marker.at) if axis.log else marker.at
        colour = self._theme.colour(marker.role)
        beside = 0.08 if marker.horizontal else 0.94
        anchors = [(0.0, 0.5), (1.0, 0.5)]
        if marker.horizontal:  # above the line, but below one that ends the chart
            low, high = self._extent(axis, along=False)
            side = 0.0 if at > low + HIGH * (high - low) else 1.0
            anchors = [(0.0, side), (0.0, side)]
        line = pg.InfiniteLine(
            at, angle=0 if marker.horizontal else 90, pen=QPen(colour, 0, Qt.PenStyle.DashLine),
            label=marker.label or None,
            labelOpts={"position": beside, "color": colour, "movable": False,
                       "anchors": anchors},
        )  # fmt: skip
        if marker.label:
            line.label.setFont(self.font())
        self._marks.append(line)
        self.canvas.addItem(line, ignoreBounds=True)

    def _kept(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The points that can be drawn: on a logarithmic axis only those above zero."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if self._y.log:
            y = np.where(y > 0, y, np.nan)
        keep = np.isfinite(x) & ((x > 0) if self._x.log else True)
        return x[keep], y[keep]

    def _extent(self, axis: Axis, along: bool) -> tuple[float, float]:
        """Ends of the range in which an axis rests, in drawn units."""
        values = [np.asarray(one.x if along else one.y) for one in self._series]
        if not along:
            values += [np.asarray(e) for one in self._series for e in (one.low, one.high)
                       if e is not None]  # fmt: skip
        values += [np.asarray([m.at]) for m in self._markers if m.horizontal != along]
        known = np.concatenate(values) if values else np.zeros(0)
        known = known[np.isfinite(known) & ((known > 0) if axis.log else True)]
        nothing = (1.0, 10.0) if axis.log else (0.0, 1.0)
        low, high = (float(known.min()), float(known.max())) if len(known) else nothing
        low = low if axis.low is None else axis.low
        high = high if axis.high is None else axis.high
        if axis.log:
            low, high = float(np.log10(max(low, 1e-300))), float(np.log10(max(high, 1e-300)))
        if high <= low:
            low, high = low - 0.5, high + 0.5
        return low, high

    # Read-out

    def read(self) -> str:
        """What is read out now, line by line; empty when nothing is."""
        if self._at is None or not self._series:
            return ""
        lines = []
        for number, one in enumerate(self._series):
            at = one.nearest(self._at) if number not in self._hidden else -1
            if at >= 0:
                if not lines:
                    lines.append(f"{self._x.title} {short(float(one.x[at]))} {self._x.unit}")
                value = f"{short(float(one.y[at]))} {self._y.unit}".strip()
                if one.low is not None and one.high is not None:
                    ends = f"{short(float(one.low[at]))} … {short(float(one.high[at]))}"
                    value = f"{value}  [{ends}]"
                lines.append(f"{one.name}  {value}")
        return "\n".join(line.strip() for line in lines)

    def _show_readout(self) -> None:
        text = self.read()
        for part in (self._line, self._dots):
            part.setVisible(bool(text))
        self.readout.setVisible(bool(text))
        if not text or self._at is None:
            return
        spots = []
        place = self._at
        for number, one in enumerate(self._series):
            at = one.nearest(self._at) if number not in self._hidden else -1
            if at < 0:
                continue
            x, y = float(one.x[at]), float(one.y[at])
            if not spots:
                place = x
            if (self._x.log and x <= 0) or (self._y.log and y <= 0):
                continue
            spot = (np.log10(x) if self._x.log else x, np.log10(y) if self._y.log else y)
            spots.append({"pos": spot, "brush": self._theme.colour(one.colour_role(number))})
        self._dots.setData(spots)
        if not self._x.log or place > 0:
            self._line.setValue(np.log10(place) if self._x.log else place)
        self._place_readout(text, place)

    def _place_readout(self, text: str, place: float) -> None:
        """Beside the line, on the side with more room, never over the legend."""
        self.readout.setText(text)
        self.readout.adjustSize()
        box = self.canvas.getPlotItem().vb
        shown = np.log10(place) if self._x.log and place > 0 else place
        scene = box.mapViewToScene(pg.Point(shown, box.viewRect().center().y()))
        at = self.canvas.mapTo(self, self.canvas.mapFromScene(scene))
        wide = self.readout.width()
        x = at.x() + 12 if at.x() + 12 + wide <= self.width() else at.x() - 12 - wide
        self.readout.move(QPoint(max(0, x), self.canvas.y() + 8))
        self.readout.raise_()

    def _described(self) -> str:
        """The chart in words for those who do not see it."""
        parts = [f"{self._y.label} / {self._x.label}"]
        for one in self._series:
            known = one.y[np.isfinite(one.y)]
            if len(known):
                ends = f"{short(float(known.min()))} … {short(float(known.max()))}"
                parts.append(f"{one.name}: n = {len(known)}, {ends}")
        parts += [f"{m.label}: {short(m.at)}" for m in self._markers]
        return "; ".join(parts)
