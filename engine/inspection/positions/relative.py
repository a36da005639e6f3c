"""⟨f(q, m), f(k, n)⟩ depends on m − n only: measured, not claimed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float, Rotation
from engine.inspection.positions.distance import relative_score
from engine.inspection.rotation import turned


@dataclass(frozen=True, eq=False)
class RelativeGrid:
    """One query and one key at every pair of positions.

    Attributes:
        positions: ``[n]``.
        scores: Measured ⟨f(q, m), f(k, n)⟩ · scaling with vectors really turned in float32,
            float64 ``[n (m), n (n)]``.
        by_distance: g(q, k, m − n) of the closed formula for the same cells.
        spread: Largest difference between two cells of equal m − n.
        deviation: Largest |measured − closed formula|.
    """

    positions: NDArray[np.float64]
    scores: NDArray[np.float64]
    by_distance: NDArray[np.float64]
    spread: float
    deviation: float


def relative_grid(
    q: Float, k: Float, rotation: Rotation, positions: NDArray[np.int64], scaling: float = 1.0
) -> RelativeGrid:
    """Turn one query and one key to every position and take all products.

    Args:
        q, k: Before rotation, ``[head_dim]``.
        rotation: How they turn.
        positions: Whole numbers, ``[n]``; a few hundred are plenty.
        scaling: Factor on q·k.
    """
    at = positions.astype(np.float64)
    spun = replace(rotation, positions=at)
    queries = turned(np.tile(q, (len(at), 1)), spun, at).astype(np.float64)
    keys = turned(np.tile(k, (len(at), 1)), spun, at).astype(np.float64)
    scores = queries @ keys.T * scaling  # [m, n]
    lag = positions[:, None] - positions[None, :]
    lags, inverse = np.unique(lag.ravel(), return_inverse=True)
    closed = relative_score(q, k, rotation, lags, scaling)[inverse].reshape(lag.shape)
    high = np.full(len(lags), -np.inf)
    low = np.full(len(lags), np.inf)
    np.maximum.at(high, inverse.ravel(), scores.ravel())
    np.minimum.at(low, inverse.ravel(), scores.ravel())
    return RelativeGrid(
        at, scores, closed, float((high - low).max()), float(np.abs(scores - closed).max())
    )
