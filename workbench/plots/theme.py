"""The colours and fonts of plots, from the program's theme, live.

Every plot imports this module first: it sets pyqtgraph's options once (row-major images).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPen
from PySide6.QtWidgets import QApplication

from workbench.services.theme import Theme, mixed

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True, background=None)

SERIES: Final = 6
SMALL: Final = 0.9


@dataclass(frozen=True)
class PlotColours:
    """What a plot draws with.

    Attributes:
        ground: Behind the data.
        text, muted: Titles and values; axis labels.
        line, grid: Frames; lines behind data.
        accent: Selection and cursor.
        mask: Hatching of masked areas.
        good, warning, bad: Meanings; never used without a sign or word.
        series: Lines and bars, in order.
        dark: Whether the theme is dark.
    """

    ground: QColor
    text: QColor
    muted: QColor
    line: QColor
    grid: QColor
    accent: QColor
    mask: QColor
    good: QColor
    warning: QColor
    bad: QColor
    series: tuple[QColor, ...]
    dark: bool

    def series_colour(self, number: int) -> QColor:
        """The colour of a series; they repeat after the last."""
        return QColor(self.series[number % len(self.series)])

    def pen(self, colour: QColor, width: float = 1.0) -> QPen:
        """A pen of constant width on screen, whatever the zoom."""
        pen = QPen(colour, width)
        pen.setCosmetic(True)
        return pen


class PlotTheme(QObject):
    """The theme as plots see it. One per page is enough.

    Signals:
        changed(): Colours or text size changed; draw again.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.colours = self._read()
        theme.changed.connect(self._follow)

    def font(self) -> QFont:
        """Labels of axes and legends."""
        return self._sized(QApplication.font())

    def mono(self) -> QFont:
        """Tokens and figures."""
        return self._theme.mono_font(SMALL)

    def style(self, view: pg.GraphicsView) -> None:
        """Give a view the ground of the page."""
        view.setBackground(self.colours.ground)

    def _sized(self, font: QFont) -> QFont:
        small = QFont(font)
        small.setPointSizeF(round(font.pointSizeF() * SMALL, 1))
        return small

    def _follow(self) -> None:
        self.colours = self._read()
        self.changed.emit()

    def _read(self) -> PlotColours:
        colour = self._theme.colour
        return PlotColours(
            ground=colour("window"),
            text=colour("text"),
            muted=colour("muted"),
            line=colour("line"),
            grid=mixed(colour("grid"), colour("window"), 0.2),
            accent=colour("accent"),
            mask=colour("mask"),
            good=colour("good"),
            warning=colour("warning"),
            bad=colour("bad"),
            series=tuple(colour(f"series-{n}") for n in range(1, SERIES + 1)),
            dark=self._theme.dark,
        )
