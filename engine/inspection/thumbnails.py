"""Every head as a small picture: what the atlas of all layers and heads shows."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.capture import Capture, Float, LayerCapture, Role
from engine.inspection.stages import Stage, stage_at

SIZE: Final = 64
CELLS: Final = 1 << 19  # of one head; above it, some queries of each pixel stand for all
FEWEST: Final = 2  # queries per pixel then


def thumbnails(
    capture: Capture,
    size: int = SIZE,
    name: Stage = "softmax",
    pool: Literal["mean", "max"] = "max",
    role: Role | None = None,
) -> Float:
    """Every head of a capture as a small picture.

    Args:
        capture: The capture.
        size: Pixels on a side.
        name: The stage.
        pool: Mean or largest value under a pixel; the largest keeps single hot tokens visible.
        role: Only layers of this role; None = the role of the last layer (a decoder's own
            attention).

    Returns:
        float32 ``[layers, heads, size, size]``, layers in the order of `layers_of`; short texts
        are enlarged to whole pixels, long ones pooled from at least two queries per pixel. What
        the mask hides is 0, or -inf for scores.

    Raises:
        BadSpec: No layer of that role was captured.
    """
    layers = layers_of(capture, role)
    out = np.empty((len(layers), layers[0].heads, size, size), np.float32)
    for place, layer in enumerate(layers):
        for head in range(layer.heads):
            out[place, head] = thumbnail(layer, head, size, name, pool)
    return out


def layers_of(capture: Capture, role: Role | None = None) -> tuple[LayerCapture, ...]:
    """The layers that an atlas shows. Raises `BadSpec` when there are none."""
    roles = {layer.role for layer in capture.layers}
    wanted = role or ("self" if "self" in roles else next(iter(sorted(roles)), "self"))
    found = tuple(layer for layer in capture.layers if layer.role == wanted)
    if not found:
        raise BadSpec(
            f"No layer of the kind “{wanted}” was captured.", "Choose another kind of attention."
        )
    return found


def thumbnail(
    layer: LayerCapture,
    head: int,
    size: int = SIZE,
    name: Stage = "softmax",
    pool: Literal["mean", "max"] = "max",
) -> Float:
    """One head as a small picture, float32 ``[size, size]``."""
    queries, keys = layer.shape
    chosen, row_starts = _queries(queries, keys, size)
    values = stage_at(layer, head, name, chosen, slice(0, keys))
    starts = _starts(keys, size)
    if pool == "max":
        by_col: Float = np.maximum.reduceat(values, starts, axis=1)
        small: Float = np.maximum.reduceat(by_col, row_starts, axis=0)
    else:
        with np.errstate(invalid="ignore"):
            by_col = np.add.reduceat(values, starts, axis=1)
            small = np.add.reduceat(by_col, row_starts, axis=0)
        heights = np.diff(np.append(row_starts, len(chosen)))
        widths = np.diff(np.append(starts, keys))
        small = (small / (heights[:, None] * widths[None, :])).astype(np.float32)
    return small[_enlarged(len(small), size)][:, _enlarged(small.shape[1], size)]


def _starts(count: int, size: int) -> NDArray[np.int64]:
    """First token of each pixel, or of each token when there are fewer."""
    return np.arange(min(count, size)) * count // min(count, size)


def _queries(queries: int, keys: int, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Queries to compute, and where each pixel's begin among them."""
    starts = _starts(queries, size)
    if queries * keys <= CELLS:
        return np.arange(queries), starts
    heights = np.diff(np.append(starts, queries))
    per = max(FEWEST, CELLS // (keys * len(starts)))
    taken = np.minimum(heights, per)
    chosen = [
        start + np.arange(count) * height // count
        for start, height, count in zip(starts, heights, taken, strict=True)
    ]
    return np.concatenate(chosen), np.concatenate([[0], np.cumsum(taken)[:-1]])


def _enlarged(count: int, size: int) -> NDArray[np.int64]:
    """Which of `count` pixels each of `size` shows."""
    return np.arange(size) * count // size
