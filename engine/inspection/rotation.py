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
    return turned_by(vectors, rotation, *waves(positions[:, None] * frequencies[None, :], factor))


def unrotated(vectors: Float, rotation: Rotation, positions: NDArray[np.float64]) -> Float:
    """The vectors before the rotation: turned back, divided by the factor."""
    back = waves(-rounded_angles(positions, rotation.inv_freq), 1.0 / rotation.scaling)
    return turned_by(vectors, rotation, *back)


def rounded_angles(
    positions: NDArray[np.float64], inv_freq: NDArray[np.float64]
) -> NDArray[np.float64]:
    """m·θ rounded to float32, which every model does before it takes the sine.

    At position 4,096 the rounding moves the fastest pair by 1e-4 radians: exact angles would not
    turn the model's own vectors back.
    """
    rounded = positions.astype(np.float32)[:, None] * inv_freq.astype(np.float32)[None, :]
    return rounded.astype(np.float64)


def waves(angles: NDArray[np.float64], factor: float) -> tuple[Float, Float]:
    """Cosines and sines of ``[tokens, pairs]`` times a factor, float32."""
    return (np.cos(angles) * factor).astype(np.float32), (np.sin(angles) * factor).astype(
        np.float32
    )


def turned_by(vectors: Float, rotation: Rotation, cos: Float, sin: Float) -> Float:
    """Vectors ``[..., tokens, head_dim]`` turned by tables ``[tokens, pairs]``; float32."""
    first, second = halves(rotation)
    out = np.array(vectors, dtype=np.float32)
    a, b = vectors[..., first], vectors[..., second]
    out[..., first] = a * cos - b * sin
    out[..., second] = b * cos + a * sin
    return out


def halves(rotation: Rotation) -> tuple[slice, slice]:
    """Dimensions of the first and of the second member of every pair."""
    if rotation.pairing == "half":
        half = rotation.rotary_dim // 2
        return slice(0, half), slice(half, rotation.rotary_dim)
    return slice(0, rotation.rotary_dim, 2), slice(1, rotation.rotary_dim, 2)
