"""Means over questions with bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from engine.evaluation.evidence.spec import Figure
from engine.evaluation.statistics.bootstrap import bootstrap_mean

RESAMPLES: Final = 1999
FEWEST: Final = 4  # below it an interval would be read off a handful of possible draws


def figure(values: Sequence[float]) -> Figure:
    """The mean of at least one value with its 95 % interval; the same for the same values.

    With fewer than `FEWEST` values the interval is their range: nothing better is known.
    """
    mean = fmean(values)
    if len(values) < FEWEST:
        return Figure(mean, min(values), max(values), len(values))
    found = bootstrap_mean(values, resamples=RESAMPLES)
    if found is None:  # all alike
        return Figure(mean, min(values), max(values), len(values))
    low = found.low if math.isfinite(found.low) else min(values)
    high = found.high if math.isfinite(found.high) else max(values)
    return Figure(mean, low, high, len(values))
