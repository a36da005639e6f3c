"""Colour maps for data as tables of 256 colours, and values as the bytes that index them.

cividis for attention, CET-CBD1 for differences, CET-CBC1 for angles: each keeps its order of
lightness under red-green blindness (Nuñez et al. 2018; Kovesi 2015, colorcet.com). Byte 0 is kept
for what is masked, which is transparent, so that hatching below shows; values are 1 … 255.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QLinearGradient

MapName = Literal["cividis", "CET-CBD1", "CET-CBC1"]
ATTENTION: Final[MapName] = "cividis"
DIFFERENCE: Final[MapName] = "CET-CBD1"
ANGLE: Final[MapName] = "CET-CBC1"
MASKED: Final = 0
FIRST, LAST = 1, 255
DECADES: Final = 5.0

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Scale:
    """How values become colours.

    Attributes:
        low, high: Values of the first and the last colour.
        log: Logarithmic from `high` down over `DECADES` powers of ten (for weights); `low` is
            not used then.
        map: The colour map.
    """

    low: float
    high: float
    log: bool = False
    map: MapName = ATTENTION

    def share(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Where values lie between the first (0) and the last (1) colour, clipped."""
        if self.log:
            top = max(self.high, np.finfo(np.float32).tiny)
            ratio = np.maximum(values, top * 10.0**-DECADES) / top
            shares = 1.0 + np.log10(ratio) / DECADES
        else:
            span = self.high - self.low
            shares = (values - self.low) / span if span > 0 else np.zeros_like(values)
        return np.clip(shares, 0.0, 1.0).astype(np.float32)

    def value(self, share: float) -> float:
        """The value at a share of the scale."""
        if self.log:
            return float(self.high * 10.0 ** (DECADES * (share - 1.0)))
        return self.low + share * (self.high - self.low)


@lru_cache(maxsize=8)
def lookup_table(name: MapName) -> Bytes:
    """The 256 colours of a map, uint8 ``[256, 4]``; entry 0 is transparent (masked)."""
    found = pg.colormap.get(name)
    colours = found.getLookupTable(nPts=LAST, alpha=True, mode=pg.ColorMap.BYTE)
    table = np.zeros((256, 4), np.uint8)
    table[FIRST:] = colours
    table.setflags(write=False)
    return table


@lru_cache(maxsize=8)
def qt_table(name: MapName) -> tuple[int, ...]:
    """The same as ARGB numbers for `QImage.setColorTable`."""
    return tuple(QColor(*(int(part) for part in row)).rgba() for row in lookup_table(name))


def colour_at(name: MapName, share: float) -> QColor:
    """The colour at a share (0…1) of a map."""
    index = FIRST + round(min(1.0, max(0.0, share)) * (LAST - FIRST))
    return QColor(*(int(part) for part in lookup_table(name)[index]))


def quantise(
    values: NDArray[np.floating], scale: Scale, masked: NDArray[np.bool_] | None = None
) -> Bytes:
    """Values as indices into the table.

    Args:
        values: Any shape, finite where not masked.
        scale: First and last colour.
        masked: Where byte 0 is written; broadcast to `values`.
    """
    kept = np.nan_to_num(values, copy=True, nan=scale.low, posinf=scale.high, neginf=scale.low)
    found = (scale.share(kept) * (LAST - FIRST) + (FIRST + 0.5)).astype(np.uint8)
    if masked is not None:
        found[np.broadcast_to(masked, found.shape)] = MASKED
    return found


def gradient(name: MapName, stops: int = 32) -> QLinearGradient:
    """The map as a gradient from (0, 1) at its low end to (0, 0), in object coordinates."""
    made = QLinearGradient(0.0, 1.0, 0.0, 0.0)
    made.setCoordinateMode(QLinearGradient.CoordinateMode.ObjectMode)
    for step in range(stops + 1):
        made.setColorAt(step / stops, colour_at(name, step / stops))
    return made


def symmetric(values: NDArray[np.floating]) -> Scale:
    """A scale for differences: zero in the middle, the largest difference at an end."""
    full = float(np.max(np.abs(values))) if values.size else 0.0
    full = full or 1.0
    return Scale(-full, full, map=DIFFERENCE)
