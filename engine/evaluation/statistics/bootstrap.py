"""The paired bootstrap: the interval of a mean difference, for graded values and for 0/1.

B. Efron, "Better bootstrap confidence intervals", J. Amer. Statist. Assoc. 82 (1987) 171-185
(BCa: bias-corrected and accelerated). Items are drawn with replacement, each with both its values,
so what makes an item hard cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.evaluation.statistics.interval import CONFIDENCE, Interval

RESAMPLES: Final = 9999
AT_ONCE: Final = 100_000
"""Numbers drawn at a time: as many as a processor's cache holds. The result is the same for any."""
ROUNDING: Final = 1e-12


def bootstrap_difference(
    first: Sequence[float],
    second: Sequence[float],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> Interval | None:
    """BCa interval of mean(second − first) over paired items; None when they differ alike.

    The same seed draws the same items.

    Raises:
        ValueError: No items, or sequences of different lengths.
    """
    if len(first) != len(second):
        raise ValueError("the paired bootstrap needs the same items on both sides")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    return bootstrap_mean(differences, seed=seed, resamples=resamples, confidence=confidence)


def bootstrap_mean(
    values: Sequence[float],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> Interval | None:
    """BCa interval of a mean.

    None when all values are alike (one value is): what does not vary can be resampled a thousand
    times and still says nothing about how sure the mean is.

    Raises:
        ValueError: No values.
    """
    import numpy as np
    from scipy.stats import bootstrap

    if not values:
        raise ValueError("the bootstrap needs at least one value")
    sample = np.asarray(values, dtype=np.float64)
    if float(np.ptp(sample)) < ROUNDING:
        return None
    found = bootstrap(
        (sample,),
        np.mean,
        n_resamples=resamples,
        batch=max(AT_ONCE // len(sample), 1),
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(found.low), float(found.high), "bootstrap (BCa)", confidence)
