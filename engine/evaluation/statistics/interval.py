"""A range with the name of the method that made it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval.

    Attributes:
        low, high: Its ends, as shares (0.41 = 41 points).
        method: Name of the method, e.g. ``"Wilson"``.
        confidence: Its level.
    """

    low: float
    high: float
    method: str
    confidence: float = CONFIDENCE

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside, the ends included."""
        return self.low <= value <= self.high


@lru_cache(maxsize=16)
def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of the standard normal distribution, 1.96 for 95 %."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + confidence / 2)
