"""The wavelengths of a rotary embedding against the length that the model was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, pi

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import Frequencies, RopeConfig


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One embedding, pair by pair, fastest first.

    Attributes:
        inv_freq: θ_i, radians per position, ``[pairs]``.
        wavelengths: λ_i = 2π/θ_i, positions per turn; infinite where nothing turns.
        turns: L/λ_i, turns that training has seen.
        complete: Pairs that made at least one whole turn in training. The others have seen only
            an arc of their dial; beyond it every position is new to them.
        trained: L.
        critical_dim: 2·⌈d/2 · log_b(L/2π)⌉, dimensions that training has seen turn wholly (Liu
            et al. 2023, eq. 6), between 0 and d.
    """

    inv_freq: Frequencies
    wavelengths: Frequencies
    turns: Frequencies
    complete: NDArray[np.bool_]
    trained: int
    critical_dim: int


def spectrum(config: RopeConfig, inv_freq: Frequencies | None = None) -> Spectrum:
    """The spectrum of the model's own frequencies, or of a preset's.

    Args:
        config: What the model was trained with; gives the trained length.
        inv_freq: Frequencies of a scaling preset, or None.
    """
    used = config.inv_freq if inv_freq is None else inv_freq
    with np.errstate(divide="ignore"):
        lengths = 2 * np.pi / used
    turns = config.trained * used / (2 * np.pi)
    return Spectrum(used, lengths, turns, turns >= 1, config.trained, critical_dim(config))


def critical_dim(config: RopeConfig) -> int:
    """Dimensions whose pairs turn wholly within the trained length, by the closed formula."""
    if config.base <= 1 or config.trained <= 2 * pi:
        return 0
    pairs = ceil(config.pairs * log(config.trained / (2 * pi)) / log(config.base))
    return 2 * min(config.pairs, max(0, pairs))
