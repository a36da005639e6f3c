"""Everything the Position page shows of one rotating head, as tables of plain columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import Frequencies, RopeConfig
from engine.inspection.capture import LayerCapture
from engine.inspection.positions.distance import envelope, measured
from engine.inspection.positions.relative import relative_grid
from engine.inspection.positions.rope import before_rotation, rerotated
from engine.inspection.positions.spectrum import spectrum
from engine.inspection.positions.wheels import rotary_wheels

Column = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_]
Table = dict[str, Column]
GRID: Final = 64


@dataclass(frozen=True, eq=False)
class RopeReport:
    """One head under its own rotation and under another.

    Attributes:
        pairs: One row per pair of dimensions: frequencies and wavelengths before and after, turns
            in training, whether one is complete, spacing, and whether the last token stands where
            training never did, before and after.
        distances: One row per distance: cells, measured mean score before and after, envelope
            before and after.
        trained: Trained length.
        critical_dim: Dimensions that turned wholly in training.
        pairing, rotary_dim: How dimensions turn.
        spread: Largest difference between two scores of equal distance, of real q and k.
        deviation: Largest difference to the closed formula.
    """

    pairs: Table
    distances: Table
    trained: int
    critical_dim: int
    pairing: str
    rotary_dim: int
    spread: float
    deviation: float


def rope_report(
    layer: LayerCapture, head: int, config: RopeConfig, inv_freq: Frequencies, attention: float
) -> RopeReport:
    """Work the report out.

    Args:
        layer: The captured layer.
        head: Which head of the capture.
        config: The model's own rotation.
        inv_freq: The other frequencies.
        attention: The other factor on cos and sin.

    Raises:
        BadSpec: The layer has no rotation or no such head.
    """
    vectors = before_rotation(layer, head)
    last = float(vectors.rotation.positions[-1])
    own, new = spectrum(config), spectrum(config, inv_freq)
    wheels = rotary_wheels(config, config.inv_freq, last)
    moved = rotary_wheels(config, inv_freq, last)
    pairs: Table = {
        "pair": np.arange(config.pairs),
        "inv_freq": own.inv_freq,
        "wavelength": own.wavelengths,
        "turns_in_training": own.turns,
        "complete": own.complete,
        "unseen_at_last": wheels.unseen,
        "inv_freq_after": new.inv_freq,
        "wavelength_after": new.wavelengths,
        "spacing_after": moved.spacing,
        "unseen_at_last_after": moved.unseen,
    }
    curve = measured(layer, head)
    after = measured(rerotated(layer, head, inv_freq, attention), 0)
    at = curve.distances.astype(np.int64)
    distances: Table = {
        "distance": at,
        "cells": curve.count,
        "mean_score": curve.mean,
        "envelope": envelope(config.inv_freq, at),
        "mean_score_after": after.mean,
        "envelope_after": envelope(inv_freq, at),
    }
    steps = np.unique(np.linspace(0, max(1.0, last), GRID).astype(np.int64))
    grid = relative_grid(vectors.q[-1], vectors.k[0], vectors.rotation, steps, layer.scaling)
    return RopeReport(
        pairs=pairs,
        distances=distances,
        trained=config.trained,
        critical_dim=own.critical_dim,
        pairing=vectors.rotation.pairing,
        rotary_dim=vectors.rotation.rotary_dim,
        spread=grid.spread,
        deviation=grid.deviation,
    )
