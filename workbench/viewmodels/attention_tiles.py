"""What the large map draws of one head: tiles, ranges, rows and columns, in plain numpy.

Everything here runs on a worker; it reads a capture and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float, LayerCapture, Mask
from engine.inspection.pyramid import visible_runs
from engine.inspection.stages import Stage, stage
from engine.inspection.tiles import TILE, Pool, tile

SAMPLED_ROWS: Final = 64


@dataclass(frozen=True, eq=False)
class TileData:
    """A tile of a map.

    Attributes:
        values: float32 ``[rows, columns]``, finite where not masked.
        masked: bool of the same shape: no query there sees any of the keys.
    """

    values: Float
    masked: NDArray[np.bool_]

    @property
    def nbytes(self) -> int:
        """Memory of both."""
        return self.values.nbytes + self.masked.nbytes


def head_tile(
    layer: LayerCapture,
    head: int,
    name: Stage,
    level: int,
    row: int,
    column: int,
    pool: Pool | None = None,
) -> TileData:
    """A tile of a head after a stage; by default weights keep their peaks, scores their means."""
    pool = pool or ("max" if name == "softmax" else "mean")
    values = tile(layer, head, name, level, row, column, pool=pool)
    masked = ~np.isfinite(values)
    if name == "softmax":
        masked = masked | hidden(layer.mask, layer.shape, level, row, column)
    return TileData(np.where(masked, np.float32(0.0), values), masked)


def difference_tile(
    first: tuple[LayerCapture, int],
    second: tuple[LayerCapture, int],
    name: Stage,
    level: int,
    row: int,
    column: int,
) -> TileData:
    """Second minus first of two heads over the same tokens.

    Means are subtracted, for these are the means of the differences; peaks of different cells
    would not be.
    """
    one = head_tile(*first, name, level, row, column, pool="mean")
    two = head_tile(*second, name, level, row, column, pool="mean")
    masked = one.masked & two.masked
    return TileData(np.where(masked, np.float32(0.0), two.values - one.values), masked)


def matrix_tile(values: Float, level: int, row: int, column: int) -> TileData:
    """A tile of a small matrix that is at hand; not finite = masked."""
    step = TILE << level
    part = values[row * step : (row + 1) * step, column * step : (column + 1) * step]
    part = part[:: 1 << level, :: 1 << level]
    masked = ~np.isfinite(part)
    return TileData(np.where(masked, np.float32(0.0), part).astype(np.float32), masked)


def hidden(
    mask: Mask, shape: tuple[int, int], level: int, row: int, column: int
) -> NDArray[np.bool_]:
    """Which pixels of a tile hold no visible cell, bool ``[rows, columns]``."""
    step = 1 << level
    queries = np.arange(row * TILE * step, min((row + 1) * TILE * step, shape[0]), step)
    keys = np.arange(column * TILE * step, min((column + 1) * TILE * step, shape[1]), step)
    if mask.painted is not None:
        part = mask.painted[
            row * TILE * step : (row + 1) * TILE * step,
            column * TILE * step : (column + 1) * TILE * step,
        ]
        by_row = np.logical_or.reduceat(part, np.arange(0, part.shape[0], step), axis=0)
        return ~np.logical_or.reduceat(by_row, np.arange(0, part.shape[1], step), axis=1)
    rows = slice(int(queries[0]), int(min(queries[-1] + step, shape[0])))
    first, last = visible_runs(mask, rows, shape[1])
    starts = np.arange(0, len(first), step)
    lowest, highest = np.minimum.reduceat(first, starts), np.maximum.reduceat(last, starts)
    ends = np.minimum(keys + step, shape[1])
    seen = (keys[None, :] < highest[:, None]) & (ends[None, :] > lowest[:, None])
    if mask.visible is not None:
        counts = np.concatenate([[0], np.cumsum(mask.visible)])
        seen = seen & ((counts[ends] - counts[keys]) > 0)[None, :]
    found: NDArray[np.bool_] = ~seen
    return found


def value_range(layer: LayerCapture, head: int, name: Stage) -> tuple[float, float]:
    """Smallest and largest value of some evenly chosen rows, the last one among them."""
    queries, keys = layer.shape
    low, high = np.inf, -np.inf
    for i in np.unique(np.linspace(0, queries - 1, min(SAMPLED_ROWS, queries)).astype(int)):
        values = stage(layer, head, name, slice(int(i), int(i) + 1), slice(0, keys))
        finite = values[np.isfinite(values)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if not np.isfinite(low):
        return 0.0, 1.0
    return (0.0, high) if name == "softmax" else (low, high)


def summed_rows(layer: LayerCapture, head: int, name: Stage, rows: Iterable[int]) -> Float:
    """Values along the keys, summed over some queries, ``[keys]``; hidden cells add nothing."""
    total = np.zeros(layer.shape[1], np.float32)
    for i in rows:
        values = stage(layer, head, name, slice(i, i + 1), slice(0, layer.shape[1]))[0]
        total += np.where(np.isfinite(values), values, 0.0)
    return total


def summed_columns(layer: LayerCapture, head: int, name: Stage, columns: Iterable[int]) -> Float:
    """Values along the queries, summed over some keys, ``[queries]``."""
    total = np.zeros(layer.shape[0], np.float32)
    for j in columns:
        values = stage(layer, head, name, slice(0, layer.shape[0]), slice(j, j + 1))[:, 0]
        total += np.where(np.isfinite(values), values, 0.0)
    return total
