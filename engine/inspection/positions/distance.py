"""Score against distance: what a rotation allows, and what real queries and keys show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import Frequencies
from engine.inspection.capture import Float, LayerCapture, Rotation
from engine.inspection.positions.rope import pairs_of
from engine.inspection.stages import check_head, stage

Distances = NDArray[np.int64]
BLOCK = 512


@dataclass(frozen=True, eq=False)
class DistanceCurve:
    """A mean per distance ``i - j`` (query minus key).

    Attributes:
        distances: int64 ``[points]``, ascending; of a binned curve the middle of each bin.
        mean: float64 ``[points]``.
        count: Cells behind each mean.
    """

    distances: NDArray[np.float64]
    mean: NDArray[np.float64]
    count: NDArray[np.int64]


def envelope(inv_freq: Frequencies, distances: Distances) -> NDArray[np.float64]:
    """How far a rotation lets scores reach: the mean of |S_j|, j = 1 … d/2.

    S_j is the sum of the first j of e^(i(m−n)θ): the factor that bounds every score of that
    distance (Su et al. 2021, §3.4.3, eq. 37). d/4 + 1/2 at distance 0, falling and rippling.

    Args:
        inv_freq: ``[pairs]``.
        distances: ``[points]``.

    Returns:
        float64 ``[points]``.
    """
    return np.asarray(np.abs(_partial_sums(inv_freq, distances)).mean(axis=1), np.float64)


def relative_score(
    q: Float, k: Float, rotation: Rotation, distances: Distances, scaling: float = 1.0
) -> NDArray[np.float64]:
    """g(q, k, m − n) in closed form: Re Σ_j q_j·conj(k_j)·e^(i(m−n)θ_j) (Su et al. 2021, eq. 16).

    Args:
        q, k: Before rotation, ``[head_dim]``; of mean vectors, the head's own position curve.
        rotation: How they turn.
        distances: m − n, ``[points]``.
        scaling: Factor on q·k.
    """
    h = pairs_of(q, rotation) * np.conj(pairs_of(k, rotation))
    turned = np.exp(1j * distances[:, None] * rotation.inv_freq) @ h
    scores = turned.real * rotation.scaling**2 + _passing(q, k, rotation)
    return np.asarray(scaling * scores, np.float64)


def measured(layer: LayerCapture, head: int) -> DistanceCurve:
    """Mean score per distance over all cells that the mask shows.

    Scores are q·k · scaling after rotation, without bias. The sums over diagonals are one
    correlation of q with k (computed with an FFT, so 100,000 tokens are no problem).

    Args:
        layer: The captured layer; also one that `rope.rerotated` returned.
        head: Which head.

    Returns:
        Only distances that have a cell; looking ahead counts as a negative distance.

    Raises:
        BadSpec: There is no such head.
    """
    check_head(layer, head)
    sums, counts, lags = _painted(layer, head) if _irregular(layer) else _correlated(layer, head)
    seen = counts > 0
    mean = sums[seen] / counts[seen]
    return DistanceCurve(lags[seen].astype(np.float64), mean, counts[seen])


def binned(curve: DistanceCurve, bins: int = 200) -> DistanceCurve:
    """The curve in at most `bins` stretches of equal width, each mean weighted by its cells."""
    if len(curve.distances) <= bins:
        return curve
    edges = np.linspace(curve.distances[0], curve.distances[-1] + 1, bins + 1)
    place = np.digitize(curve.distances, edges) - 1
    count = np.bincount(place, curve.count, bins)
    full = count > 0
    mean = np.bincount(place, curve.mean * curve.count, bins)[full] / count[full]
    middle = np.bincount(place, curve.distances * curve.count, bins)[full] / count[full]
    return DistanceCurve(middle, mean, count[full].astype(np.int64))


def _partial_sums(inv_freq: Frequencies, distances: Distances) -> NDArray[np.complex128]:
    """S_1 … S_(d/2) of each distance, ``[points, pairs]``."""
    return np.asarray(np.cumsum(np.exp(1j * distances[:, None] * inv_freq), axis=1))


def _passing(q: Float, k: Float, rotation: Rotation) -> float:
    width = rotation.rotary_dim
    return float(q[width:].astype(np.float64) @ k[width:].astype(np.float64))


def _irregular(layer: LayerCapture) -> bool:
    return layer.mask.painted is not None or layer.mask.kind == "prefix"


def _correlated(
    layer: LayerCapture, head: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], Distances]:
    """Sums and counts of all diagonals of a mask that depends on distance and padding alone."""
    queries, keys = layer.shape
    q = layer.q[head].astype(np.float64)
    k = layer.k[layer.key_head(head)].astype(np.float64)
    seen = np.ones(keys) if layer.mask.visible is None else layer.mask.visible.astype(np.float64)
    size = 1 << (queries + keys - 1).bit_length()
    total = np.zeros(size // 2 + 1, np.complex128)
    for part in range(0, q.shape[1], 16):  # a few columns at once: memory stays small
        of_q = np.fft.rfft(q[:, part : part + 16], size, axis=0)
        of_k = np.fft.rfft(k[:, part : part + 16] * seen[:, None], size, axis=0)
        total += (of_q * of_k.conj()).sum(axis=1)
    cells = np.fft.rfft(np.ones(queries), size) * np.fft.rfft(seen, size).conj()
    sums, counts = np.fft.irfft(total, size), np.fft.irfft(cells, size)
    index = np.arange(-(keys - 1), queries)  # query row minus key
    lags = index + layer.mask.offset
    keep = np.ones(len(lags), bool)
    if layer.mask.kind != "full":
        keep = lags >= 0
    if layer.mask.kind == "window":
        keep &= lags < layer.mask.window
    rounded = np.rint(counts[index]).astype(np.int64)
    return sums[index][keep] * layer.scaling, rounded[keep], lags[keep]


def _painted(
    layer: LayerCapture, head: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], Distances]:
    """The same cell by cell, for masks of any shape."""
    queries, keys = layer.shape
    offset = layer.mask.offset
    low = offset - keys + 1
    sums, counts = np.zeros(queries + keys - 1), np.zeros(queries + keys - 1, np.int64)
    for start in range(0, queries, BLOCK):
        rows, cols = slice(start, min(start + BLOCK, queries)), slice(0, keys)
        shown = layer.mask.allowed(rows, cols)
        i = np.arange(rows.start, rows.stop)[:, None] + offset
        lag = (i - np.arange(keys)[None, :] - low)[shown]
        sums += np.bincount(lag, stage(layer, head, "rotation", rows, cols)[shown], len(sums))
        counts += np.bincount(lag, minlength=len(sums))
    return sums, counts, np.arange(low, low + len(sums))
