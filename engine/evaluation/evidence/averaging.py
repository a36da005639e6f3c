"""Means over questions with percentile bootstrap intervals (Efron 1979)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.evaluation.evidence.spec import Figure

RESAMPLES: Final = 2000
SEED: Final = 0
COVERAGE: Final = 0.95


def figure(values: Sequence[float]) -> Figure:
    """The mean of at least one value with its 95 % interval; the same for the same values."""
    data = np.asarray(values, dtype=np.float64)  # [n]
    mean = float(data.mean())
    if len(data) < 2:
        return Figure(mean, mean, mean, len(data))
    draws = np.random.default_rng(SEED).integers(0, len(data), (RESAMPLES, len(data)))
    means = data[draws].mean(axis=1)  # [resamples]
    tail = (1.0 - COVERAGE) / 2.0
    low, high = np.quantile(means, (tail, 1.0 - tail))
    return Figure(mean, float(low), float(high), len(data))
