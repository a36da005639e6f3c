"""Turning queries and keys back and forth: rotary embeddings on numpy arrays (Su et al. 2021)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float, Rotation


def turned(
    vectors: Float,
    rotation: Rotation,
    positions: NDArray[np.float64],
    inv_freq: NDArray[np.float64] | None = None,
    scaling: float | None = None,
) -> Float:
    """Rotate vectors by ``position · inv_freq`` and multiply what turns by `scaling`.

    Args:
        vectors: ``[..., tokens, head_dim]``.
        rotation: Pairing and turning width; frequencies and factor unless given.
        positions: ``[tokens]``.
        inv_freq: Other frequencies, ``[rotary_dim / 2]``.
        scaling: Another factor.

    Returns:
        float32, the shape of `vectors`.
    """
    frequencies = rotation.inv_freq if inv_freq is None else inv_freq
    factor = rotation.scaling if scaling is None else scaling
    angles = positions[:, None] * frequencies[None, :]  # [tokens, pairs]
    cos = (np.cos(angles) * factor).astype(np.float32)
    sin = (np.sin(angles) * factor).astype(np.float32)
    first, second = halves(rotation)
    out = np.array(vectors, dtype=np.float32)
    a, b = vectors[..., first], vectors[..., second]
    out[..., first] = a * cos - b * sin
    out[..., second] = b * cos + a * sin
    return out


def unrotated(vectors: Float, rotation: Rotation, positions: NDArray[np.float64]) -> Float:
    """The vectors before the rotation: turned back, divided by the factor."""
    return turned(vectors, rotation, -positions, scaling=1.0 / rotation.scaling)


def halves(rotation: Rotation) -> tuple[slice, slice]:
    """Dimensions of the first and of the second member of every pair."""
    if rotation.pairing == "half":
        half = rotation.rotary_dim // 2
        return slice(0, half), slice(half, rotation.rotary_dim)
    return slice(0, rotation.rotary_dim, 2), slice(1, rotation.rotary_dim, 2)
