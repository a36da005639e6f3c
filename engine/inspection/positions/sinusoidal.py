"""Sinusoidal positions (Vaswani et al. 2017, §3.5), as the paper and as Marian lay them out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Layout = Literal["interleaved", "blocks"]


def sinusoidal(
    positions: NDArray[np.float64], dim: int, layout: Layout = "interleaved", base: float = 10_000.0
) -> NDArray[np.float64]:
    """PE(p, 2i) = sin(p·base^(−2i/dim)), PE(p, 2i+1) = cos of the same.

    Args:
        positions: ``[positions]``.
        dim: Width of the model.
        layout: ``"interleaved"``: sine and cosine in turn (the paper); ``"blocks"``: all sines,
            then all cosines (Marian, tensor2tensor).
        base: 10000 in the paper.

    Returns:
        float64 ``[positions, dim]``; of an odd width the last sine has no cosine.
    """
    frequencies = base ** (-np.arange(0, dim, 2) / dim)
    angles = np.asarray(positions, np.float64)[:, None] * frequencies
    sines, cosines = np.sin(angles), np.cos(angles[:, : dim // 2])
    if layout == "blocks":
        return np.concatenate([sines, cosines], axis=1)
    table = np.empty((len(positions), dim))
    table[:, 0::2], table[:, 1::2] = sines, cosines
    return table
