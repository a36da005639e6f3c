"""The three moves of the odometer on a model's real frequencies: every pair is a wheel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import Frequencies, RopeConfig


@dataclass(frozen=True, eq=False)
class RotaryWheels:
    """All pairs of one rotary embedding at one position, fastest first.

    Attributes:
        position: m, of the text; stretching changes angles, not this number.
        angles: m·θ' within one turn, radians in 0 … 2π, ``[pairs]``.
        turns: m·θ'/2π, ``[pairs]``.
        trained_turns: Turns at the last trained position with the trained frequencies.
        unseen: The dial points where training never did: the pair made no whole turn in
            training, and has now gone beyond its arc.
        spacing: θ'/θ: how far neighbours are apart, 1 as in training, less = crowded.
    """

    position: float
    angles: Frequencies
    turns: Frequencies
    trained_turns: Frequencies
    unseen: NDArray[np.bool_]
    spacing: Frequencies


def rotary_wheels(config: RopeConfig, inv_freq: Frequencies, position: float) -> RotaryWheels:
    """The dials at a position.

    Args:
        config: What the model was trained with.
        inv_freq: The frequencies in use, of any scaling preset, ``[pairs]``.
        position: 0 or more; may lie beyond the trained length.
    """
    turns = position * inv_freq / (2 * np.pi)
    trained = (config.trained - 1) * config.inv_freq / (2 * np.pi)
    # A hair of rounding must not make the last trained position a new one.
    unseen = (trained < 1) & (turns > trained * (1 + 1e-12))
    still = config.inv_freq == 0
    spacing = np.where(still, 1.0, inv_freq / np.where(still, 1.0, config.inv_freq))
    return RotaryWheels(position, turns % 1.0 * 2 * np.pi, turns, trained, unseen, spacing)
