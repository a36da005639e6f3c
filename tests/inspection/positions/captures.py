"""Captured layers made by hand, so that the truth about them is known."""

from __future__ import annotations

import numpy as np

from engine.inspection.capture import LayerCapture, Mask, Pairing, Rotation


def turned_by_hand(
    x: np.ndarray, rotation: Rotation, positions: np.ndarray, *, exact: bool = False
) -> np.ndarray:
    """Rotate pair by pair with a 2 × 2 matrix, float64 ``[..., tokens, head_dim]``.

    Angles are rounded to float32, as models do, unless `exact`.
    """
    out = x.astype(np.float64).copy()
    half = rotation.rotary_dim // 2
    for pair, theta in enumerate(rotation.inv_freq):
        a, b = (pair, pair + half) if rotation.pairing == "half" else (2 * pair, 2 * pair + 1)
        for token, m in enumerate(positions):
            angle = m * theta if exact else float(np.float32(m) * np.float32(theta))
            c, s = np.cos(angle), np.sin(angle)
            first, second = x[..., token, a], x[..., token, b]
            out[..., token, a] = rotation.scaling * (c * first - s * second)
            out[..., token, b] = rotation.scaling * (s * first + c * second)
    return out


def rope_layer(
    *,
    tokens: int = 24,
    heads: int = 4,
    kv_heads: int = 2,
    dim: int = 16,
    rotary_dim: int = 16,
    pairing: Pairing = "half",
    scaling: float = 1.0,
    mask: Mask | None = None,
    seed: int = 0,
) -> tuple[LayerCapture, np.ndarray, np.ndarray]:
    """A layer with real rotations, and its queries and keys before them."""
    random = np.random.default_rng(seed)
    q = random.normal(size=(heads, tokens, dim))
    k = random.normal(size=(kv_heads, tokens, dim))
    inv_freq = 10_000.0 ** (-np.arange(0, rotary_dim, 2) / rotary_dim)
    positions = np.arange(tokens, dtype=np.float64)
    rotation = Rotation(inv_freq, positions, pairing, rotary_dim, scaling)
    layer = LayerCapture(
        module="model.layers.0.self_attn",
        layer=0,
        role="self",
        q=turned_by_hand(q, rotation, positions).astype(np.float32),
        k=turned_by_hand(k, rotation, positions).astype(np.float32),
        lse=np.zeros((heads, tokens)),
        scaling=dim**-0.5,
        mask=mask or Mask(),
        rotation=rotation,
    )
    return layer, q, k
