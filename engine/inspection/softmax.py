"""The softmax of a head's scores in numpy: row sums, weights from them, and both in one pass.

A sink (gpt-oss) is one more score of each row whose weight goes nowhere. A row that sees nothing
has the row sum -inf and the weights 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float

Real = NDArray[np.float32] | NDArray[np.float64]
MASKED = np.float32(-np.inf)


def log_sums(scores: Real, sink: float | None = None) -> NDArray[np.float64]:
    """log Σ exp of each row, summed in float64.

    Args:
        scores: ``[rows, keys]``, -inf where hidden.
        sink: One more score of each row, or None.

    Returns:
        float64 ``[rows]``.
    """
    highest = _highest(scores, sink)
    sums = np.exp(scores - highest).sum(axis=1, dtype=np.float64)
    if sink is not None:
        sums += np.exp(np.float64(sink) - highest[:, 0])
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(sums) + highest[:, 0], np.float64)


def weights_of(scores: Real, lse: NDArray[np.float64]) -> Real:
    """``exp(S - lse)`` of scores ``[rows, keys]`` whose row sums ``[rows]`` are known."""
    lse = np.where(np.isneginf(lse), 0.0, lse)  # a row that sees nothing has weights 0, not NaN
    weights: Real = np.exp(scores - lse[:, None].astype(scores.dtype))
    return weights


def softmaxed(scores: Float, sink: float | None = None) -> Float:
    """The weights in place of the scores ``[rows, keys]``, without their row sums being known."""
    highest = _highest(scores, sink)
    scores -= highest
    np.exp(scores, out=scores)
    sums = scores.sum(axis=1, keepdims=True)
    if sink is not None:
        sums += np.exp(np.float32(sink) - highest)
    scores /= np.maximum(sums, np.finfo(np.float32).tiny)
    return scores


def _highest(scores: Real, sink: float | None) -> Real:
    """What is taken off each row before it is raised, ``[rows, 1]``; finite in every row."""
    highest: Real = scores.max(axis=1, keepdims=True, initial=MASKED)
    if sink is not None:
        highest = np.maximum(highest, np.asarray(sink, scores.dtype))
    highest[~np.isfinite(highest)] = 0
    return highest
