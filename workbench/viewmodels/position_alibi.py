"""Linear biases as the views draw them: slopes, windows, and what they add to a head's scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Alibi, LayerCapture
from engine.inspection.positions.alibi import (
    effective_window,
    released_slopes,
    textbook_slopes,
)
from engine.inspection.positions.distance import DistanceCurve, binned, measured

WINDOW_NATS: Final = 5.0
CURVE_POINTS: Final = 300


@dataclass(frozen=True, eq=False)
class SlopeTable:
    """Slopes of every head, ``[heads]`` each.

    Attributes:
        textbook: 2^(−8h/n).
        released: As Bloom, MPT and Falcon compute them.
        own: What the model really adds, or None when it adds nothing.
        windows: Distance at which the model's slopes (else the released ones) reach −5 nats.
    """

    textbook: NDArray[np.float64]
    released: NDArray[np.float64]
    own: NDArray[np.float64] | None
    windows: NDArray[np.float64]

    @property
    def used(self) -> NDArray[np.float64]:
        """The model's slopes, else those that it would be given."""
        return self.released if self.own is None else self.own


@dataclass(frozen=True, eq=False)
class AlibiScores:
    """One head's scores by distance, without and with the bias.

    Attributes:
        content: Mean q·k · scaling per distance (n = `content.count`).
        bias: −slope · distance at the same distances.
    """

    content: DistanceCurve
    bias: NDArray[np.float64]


def slope_table(layer: LayerCapture | None, heads: int) -> SlopeTable:
    """Slopes for so many heads, with the layer's own when it has some."""
    released = released_slopes(heads)
    own = layer.bias.slopes if layer is not None and isinstance(layer.bias, Alibi) else None
    used = released if own is None else own
    return SlopeTable(textbook_slopes(heads), released, own, effective_window(used, WINDOW_NATS))


def alibi_scores(layer: LayerCapture, head: int, slope: float) -> AlibiScores:
    """Measured scores of the text beside what a slope adds. Raises `BadSpec` for no such head."""
    curve = binned(measured(replace(layer, bias=None), head), CURVE_POINTS)
    return AlibiScores(curve, -slope * np.maximum(curve.distances, 0))
