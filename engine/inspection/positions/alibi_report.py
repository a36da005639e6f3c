"""Everything the Position page shows of linear biases, as tables of plain columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float, LayerCapture
from engine.inspection.positions.alibi import (
    added,
    alibi_of,
    effective_window,
    released_slopes,
    textbook_slopes,
)
from engine.inspection.positions.distance import measured
from engine.inspection.positions.rope_report import Table


@dataclass(frozen=True, eq=False)
class AlibiReport:
    """The biases of a layer, and what they add to one head's scores.

    Attributes:
        heads: One row per head: the model's slope, the lecture's formula, the released rule, and
            the distance at which the bias reaches −5 nats.
        distances: One row per distance: cells, mean of q·k · scaling, the bias, their sum.
        added: What is added to each score of the head, float32 ``[queries, keys]``.
    """

    heads: Table
    distances: Table
    added: Float


def slope_table(slopes: NDArray[np.float64]) -> Table:
    """A model's slopes beside both rules."""
    count = len(slopes)
    return {
        "head": np.arange(count),
        "slope": slopes,
        "textbook": textbook_slopes(count),
        "released": released_slopes(count),
        "window": effective_window(slopes),
    }


def alibi_report(layer: LayerCapture, head: int) -> AlibiReport:
    """Work the report out.

    Raises:
        BadSpec: The layer has no linear bias or no such head.
    """
    slopes = alibi_of(layer).slopes
    curve = measured(layer, head)
    bias = slopes[head] * (0.0 - curve.distances)
    distances: Table = {
        "distance": curve.distances.astype(np.int64),
        "cells": curve.count,
        "mean_score": curve.mean,
        "bias": bias,
        "sum": curve.mean + bias,
    }
    cells = added(layer, head, slice(0, layer.shape[0]), slice(0, layer.shape[1]))
    return AlibiReport(slope_table(slopes), distances, cells)
