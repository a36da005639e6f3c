"""What is added to a head's scores, as numbers for any rectangle of queries and keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import (
    Alibi,
    Bias,
    BucketBias,
    DenseBias,
    Float,
    LayerCapture,
)


def bias_of(layer: LayerCapture, head: int, rows: slice, cols: slice) -> Float:
    """The bias as the model adds it, ``[rows, cols]``; zeros without one.

    Of ALiBi in the form ``"key"`` this is slope · j, which a softmax cannot tell from
    -slope · (i - j).
    """
    return bias_at(layer, head, np.arange(rows.start, rows.stop), cols)


def bias_at(layer: LayerCapture, head: int, rows: NDArray[np.int64], cols: slice) -> Float:
    """The same for single queries, ``[rows, cols]``."""
    bias = layer.bias
    if bias is None:
        return np.zeros((len(rows), cols.stop - cols.start), np.float32)
    if isinstance(bias, DenseBias):
        cells: Float = bias.values[head % bias.values.shape[0], rows, cols]
        return cells
    i = rows[:, None] + layer.mask.offset
    j = np.arange(cols.start, cols.stop)[None, :]
    if isinstance(bias, Alibi):
        distance = (j if bias.form == "key" else j - i).astype(np.float64)
        line: Float = (bias.slopes[head] * distance).astype(np.float32)
        return np.broadcast_to(line, (i.shape[0], j.shape[1]))
    found: Float = bias.table[head][buckets(j - i, bias)]
    return found


def bias_of_heads(bias: Bias | None, heads: list[int]) -> Bias | None:
    """The bias of some heads."""
    if isinstance(bias, Alibi):
        return Alibi(bias.slopes[heads], bias.form)
    if isinstance(bias, BucketBias):
        return BucketBias(bias.table[heads], bias.bidirectional, bias.max_distance)
    if isinstance(bias, DenseBias) and len(bias.values) > 1:
        return DenseBias(bias.values[heads])
    return bias  # one for all heads


def distance_curve(bias: Bias, head: int, distances: NDArray[np.int64]) -> Float | None:
    """The bias by ``key - query``, up to a constant per query; None of a dense one."""
    if isinstance(bias, Alibi):
        line: Float = (bias.slopes[head] * distances).astype(np.float32)
        return line
    if isinstance(bias, BucketBias):
        curve: Float = bias.table[head][buckets(distances, bias)]
        return curve
    return None


def buckets(distances: NDArray[np.int64], bias: BucketBias) -> NDArray[np.int64]:
    """T5's bucket of each ``key - query`` (Raffel et al. 2020, appendix of its code).

    Half of the buckets are exact, the others grow logarithmically up to `max_distance`.
    """
    count = bias.table.shape[1]
    found = np.zeros(distances.shape, np.int64)
    if bias.bidirectional:
        count //= 2
        found += (distances > 0) * count
        away = np.abs(distances)
    else:
        away = np.maximum(-distances, 0)
    exact = count // 2
    # In float32, as the model computes it: a bucket's edge must fall on the same distance.
    share = np.log(np.maximum(away, 1).astype(np.float32) / np.float32(exact))
    share = share / np.float32(np.log(bias.max_distance / exact)) * np.float32(count - exact)
    far = np.minimum(exact + share.astype(np.int64), count - 1)
    return found + np.where(away < exact, away, far)
