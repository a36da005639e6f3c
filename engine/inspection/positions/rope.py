"""A captured head under another rotation: the same queries and keys, other frequencies.

No forward pass: a rotation is undone and another one done, both exactly (Su et al. 2021, eq. 34).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import Frequencies, RopeConfig, from_frequencies
from engine.errors import BadSpec
from engine.inspection.biases import bias_of_heads
from engine.inspection.capture import Float, LayerCapture, Rotation
from engine.inspection.rotation import halves, rounded_angles, turned_by, waves
from engine.inspection.softmax import log_sums
from engine.inspection.stages import check_head, stage

Positions = NDArray[np.float64]
Waves = tuple[Float, Float]
BLOCK = 512


@dataclass(frozen=True, eq=False)
class HeadVectors:
    """Queries and keys of one head before any rotation.

    Attributes:
        q: float32 ``[queries, head_dim]``.
        k: float32 ``[keys, head_dim]``.
        rotation: What the model then does to them.
        scaling: Factor on q·k.
    """

    q: Float
    k: Float
    rotation: Rotation
    scaling: float


def rotation_of(layer: LayerCapture) -> Rotation:
    """The rotation of a layer. Raises `BadSpec` when it has none."""
    if layer.rotation is None:
        raise BadSpec(
            f"Layer {layer.layer} does not rotate its queries and keys.",
            "Choose a model with rotary positions (RoPE).",
        )
    return layer.rotation


def config_of(layer: LayerCapture, trained: int = 0) -> RopeConfig:
    """What the scaling presets need: the rotation that the model was loaded with.

    Args:
        layer: The captured layer; raises `BadSpec` when it has no rotation.
        trained: The trained length of a capture that was made by hand and does not know it.
    """
    rotation = rotation_of(layer)
    if layer.rope is not None:
        return layer.rope
    return from_frequencies(rotation.inv_freq, trained, rotation.scaling)


def wavelengths(inv_freq: Frequencies) -> Frequencies:
    """λ_i = 2π/θ_i, positions per full turn; infinite for a pair that stands still."""
    with np.errstate(divide="ignore"):
        return np.asarray(2 * np.pi / inv_freq, np.float64)


def angles(positions: Positions, inv_freq: Frequencies) -> Frequencies:
    """m·θ_i in radians, float64 ``[positions, pairs]``; not reduced to one turn."""
    return np.asarray(positions, np.float64)[:, None] * inv_freq[None, :]


def before_rotation(layer: LayerCapture, head: int) -> HeadVectors:
    """One head's queries and keys turned back; error about 1e-7 of their size in float32.

    Raises:
        BadSpec: The layer has no rotation or no such head.
    """
    rotation = rotation_of(layer)
    check_head(layer, head)
    back = waves(-rounded_angles(rotation.positions, rotation.inv_freq), 1.0 / rotation.scaling)
    of_q, of_k = _of_both(layer, back)
    k = layer.k[layer.key_head(head)]
    return HeadVectors(
        turned_by(layer.q[head], rotation, *of_q),
        turned_by(k, rotation, *of_k),
        rotation,
        layer.scaling,
    )


def pairs_of(vectors: Float, rotation: Rotation) -> NDArray[np.complex128]:
    """The pairs that turn together as complex numbers, ``[..., rotary_dim / 2]``.

    A rotation by the angle φ multiplies such a number by e^(iφ): this is what a dial shows.
    """
    first, second = halves(rotation)
    return vectors[..., first].astype(np.float64) + 1j * vectors[..., second].astype(np.float64)


def rerotated(
    layer: LayerCapture,
    head: int,
    inv_freq: Frequencies,
    attention: float = 1.0,
    positions: Positions | None = None,
) -> LayerCapture:
    """A head as if the model had turned it by other frequencies, ready for stages and tiles.

    Args:
        layer: The captured layer.
        head: Which head; the result has only this one, as head 0.
        inv_freq: New frequencies, float64 ``[rotary_dim / 2]``; zeros take the rotation away.
        attention: New factor on cos and sin (the whole one, not on top of the old).
        positions: New positions of all tokens; None = those of the capture.

    Returns:
        A capture of one head. Its `lse` is +inf, so that weights are 0 until `normalised` fills
        it; scores need no row sums.

    Raises:
        BadSpec: The layer has no rotation, no such head, or another number of pairs.
    """
    rotation = rotation_of(layer)
    check_head(layer, head)
    if len(inv_freq) != len(rotation.inv_freq):
        raise BadSpec(
            f"{len(inv_freq)} frequencies were given for {len(rotation.inv_freq)} pairs of "
            "dimensions.",
            "Give one frequency per pair.",
        )
    at = rotation.positions if positions is None else np.asarray(positions, np.float64)
    q, k = layer.q[head : head + 1], layer.k[layer.key_head(head) :][:1]
    same = at is rotation.positions and np.array_equal(inv_freq, rotation.inv_freq)
    if not (same and attention == rotation.scaling):
        # One turn by the difference of the angles; q and k share its sines and cosines.
        extra = rounded_angles(at, inv_freq) - rounded_angles(rotation.positions, rotation.inv_freq)
        of_q, of_k = _of_both(layer, waves(extra, attention / rotation.scaling))
        q, k = turned_by(q, rotation, *of_q), turned_by(k, rotation, *of_k)
    return replace(
        layer,
        q=q,
        k=k,
        lse=np.full((1, layer.shape[0]), np.inf),
        rotation=Rotation(inv_freq, at, rotation.pairing, rotation.rotary_dim, attention),
        bias=bias_of_heads(layer.bias, [head]),
        sinks=None if layer.sinks is None else layer.sinks[head : head + 1],
        error=None,
        head_ids=(layer.head_name(head),),
    )


def normalised(layer: LayerCapture) -> LayerCapture:
    """The capture with its row log-sum-exps computed from its scores, block by block."""
    lse = np.empty((layer.heads, layer.shape[0]))
    for head in range(layer.heads):
        for start in range(0, layer.shape[0], BLOCK):
            rows = slice(start, min(start + BLOCK, layer.shape[0]))
            lse[head, rows] = _row_sums(layer, head, rows)
    return replace(layer, lse=lse)


def _of_both(layer: LayerCapture, tables: tuple[Float, Float]) -> tuple[Waves, Waves]:
    """Cosines and sines by token as those of the queries and those of the keys."""
    queries, keys = layer.shape
    offset = layer.mask.offset
    cos, sin = tables
    return (cos[offset : offset + queries], sin[offset : offset + queries]), (
        cos[:keys],
        sin[:keys],
    )


def _row_sums(layer: LayerCapture, head: int, rows: slice) -> NDArray[np.float64]:
    scores = stage(layer, head, "softcap", rows, slice(0, layer.shape[1]))
    return log_sums(scores, None if layer.sinks is None else float(layer.sinks[head]))
