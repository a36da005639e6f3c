"""Tiles of a head's map at any zoom, computed from queries and keys when they are asked for.

Level n shows 2^n tokens per pixel; a tile is at most `size` pixels on a side. Means of raw scores
come from pooled vectors (`engine.inspection.pyramid`); weights and soft-capped scores are computed
cell by cell in strips, or, where that would take too long, from evenly chosen queries of each
block: then the tile is an estimate, and `is_exact` says so.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float, LayerCapture
from engine.inspection.pyramid import edges, mean_scores
from engine.inspection.softmax import MASKED
from engine.inspection.stages import Stage, check_head, stage, stage_at
from engine.inspection.thumbnails import thumbnail, thumbnails

__all__ = [
    "BUDGET",
    "TILE",
    "Pool",
    "is_exact",
    "is_linear",
    "levels",
    "pooled",
    "quantised",
    "thumbnail",
    "thumbnails",
    "tile",
]

Pool = Literal["mean", "max"]
TILE: Final = 256
BUDGET: Final = 1 << 24  # cells of a tile that are computed one by one; above it, an estimate
STRIP: Final = 1 << 21  # cells held at a time


def levels(layer: LayerCapture, size: int = TILE) -> int:
    """How many levels there are, so that the coarsest fits one tile."""
    longest = max(layer.shape)
    count = 1
    while longest > size:
        longest = (longest + 1) // 2
        count += 1
    return count


def tile(
    layer: LayerCapture,
    head: int,
    name: Stage,
    level: int,
    row: int,
    col: int,
    size: int = TILE,
    pool: Pool = "mean",
    budget: int | None = BUDGET,
) -> Float:
    """One tile of a head's map.

    Args:
        layer: The captured attention module.
        head: Which head.
        name: The stage.
        level: 2^level tokens per pixel.
        row, col: Number of the tile.
        size: Pixels on a side; at the lower and right edge a tile is smaller.
        pool: Mean or largest value of the cells under a pixel.
        budget: Most cells to compute one by one; None = all, however long it takes.

    Returns:
        float32 ``[≤ size, ≤ size]``, empty outside the map. A pixel without any visible cell is
        -inf, of weights 0.

    Raises:
        BadSpec: There is no such head.
    """
    check_head(layer, head)
    step = 1 << level
    rows = _span(row, size * step, layer.shape[0])
    cols = _span(col, size * step, layer.shape[1])
    if rows.stop <= rows.start or cols.stop <= cols.start:
        return np.zeros((0, 0), np.float32)
    if step == 1:
        return stage(layer, head, name, rows, cols)
    if pool == "mean" and is_linear(layer, name):
        return mean_scores(layer, head, name, rows, cols, step)
    return pooled(layer, head, name, rows, cols, step, pool, budget)


def is_linear(layer: LayerCapture, name: Stage) -> bool:
    """Whether means of a stage follow from pooled vectors."""
    return name in {"content", "rotation", "bias", "mask"} or (
        name == "softcap" and layer.softcap is None
    )


def is_exact(
    layer: LayerCapture,
    name: Stage,
    level: int,
    size: int = TILE,
    pool: Pool = "mean",
    budget: int | None = BUDGET,
) -> bool:
    """Whether a whole tile of that level is exact, or estimated from some of its queries."""
    if level == 0 or budget is None or (pool == "mean" and is_linear(layer, name)):
        return True
    side = size << level
    return min(side, layer.shape[0]) * min(side, layer.shape[1]) <= budget


def pooled(
    layer: LayerCapture,
    head: int,
    name: Stage,
    rows: slice,
    cols: slice,
    step: int,
    pool: Pool,
    budget: int | None = None,
) -> Float:
    """Pool a rectangle cell by cell, in strips; with a budget, from some of its queries.

    Returns:
        float32 ``[row blocks, column blocks]``.
    """
    row_edges, starts = edges(rows, step), edges(cols, step)[:, 0] - cols.start
    width = cols.stop - cols.start
    height = rows.stop - rows.start
    skip = 1
    if budget is not None and height * width > budget:
        skip = min(step, -(-height * width // budget))
    out = np.empty((len(row_edges), len(starts)), np.float32)
    for place, (first, last) in enumerate(row_edges):
        out[place] = _pool_strip(
            layer, head, name, range(int(first), int(last), skip), cols, starts, pool
        )
    return out


def _pool_strip(
    layer: LayerCapture,
    head: int,
    name: Stage,
    chosen: range,
    cols: slice,
    starts: NDArray[np.int64],
    pool: Pool,
) -> Float:
    """One row of pixels from the chosen queries of its block, ``[column blocks]``."""
    width = cols.stop - cols.start
    most = max(1, STRIP // width)
    queries = np.array(chosen)
    largest = np.full(width, MASKED)
    total, seen = np.zeros(width), np.zeros(width, np.int64)
    for start in range(0, len(queries), most):
        values = stage_at(layer, head, name, queries[start : start + most], cols)
        if pool == "max":
            np.maximum(largest, values.max(axis=0), out=largest)
            continue
        hidden = np.isneginf(values)
        total += np.where(hidden, 0, values).sum(axis=0)
        seen += len(values) - hidden.sum(axis=0)
    if pool == "max":
        top: Float = np.maximum.reduceat(largest, starts)
        return top
    sums, cells = np.add.reduceat(total, starts), np.add.reduceat(seen, starts)
    found: Float = np.where(cells > 0, sums / np.maximum(cells, 1), MASKED).astype(np.float32)
    return found


def quantised(
    values: Float, low: float, high: float, *, logarithmic: bool = False
) -> NDArray[np.uint8]:
    """Values as indices into a table of 256 colours; 0 is kept for what the mask hides.

    Args:
        values: Any shape; -inf is hidden (logarithmic: also a weight of 0).
        low, high: Shown as 1 and 255; beyond them clipped.
        logarithmic: Scale by the logarithm (of weights); `low` must then be above 0.
    """
    scaled = np.array(values, np.float32)
    if logarithmic:
        with np.errstate(divide="ignore"):
            np.log(scaled, out=scaled)
        low, high = float(np.log(low)), float(np.log(high))
    hidden = scaled == MASKED
    scaled -= np.float32(low)
    scaled *= np.float32(254.0 / (high - low) if high > low else 0.0)
    np.nan_to_num(scaled, copy=False)  # a hidden cell of a range without width
    np.clip(scaled, 0, 254, out=scaled)
    shown = scaled.astype(np.uint8)
    shown += np.uint8(1)
    shown[hidden] = 0
    return shown


def _span(number: int, width: int, size: int) -> slice:
    start = min(number * width, size)
    return slice(start, min(start + width, size))
