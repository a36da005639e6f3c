"""What a file of pruned weights holds: one formula for the slider, the forecast and the card."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def bitmask_bytes(dense: float, weights: ArrayLike, ratios: ArrayLike, width: ArrayLike) -> int:
    """Bytes with one bit per prunable weight and the values that stay.

    Args:
        dense: Bytes of the whole file as it was.
        weights: Prunable weights of each matrix, ``[matrices]``.
        ratios: Share of zeros of each, or one for all.
        width: Bytes of a value of each, or one for all.
    """
    saved = np.asarray(weights, np.float64) * (np.asarray(ratios) * np.asarray(width) - 1 / 8)
    return round(dense - float(saved.sum()))
