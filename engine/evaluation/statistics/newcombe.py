"""The interval of a paired difference of two accuracies.

R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions
based on paired data", Statist. Med. 17 (1998) 2635-2650, method 10: the Wilson intervals of both
accuracies, put together by their squares and by how much the two answers go together (φ).
"""

from __future__ import annotations

from math import sqrt

from engine.evaluation.statistics.interval import CONFIDENCE, Interval
from engine.evaluation.statistics.wilson import wilson


def newcombe(
    both: int, only_first: int, only_second: int, neither: int, confidence: float = CONFIDENCE
) -> Interval:
    """Interval of (accuracy of the second − accuracy of the first).

    Args:
        both, only_first, only_second, neither: Items by who is right.
        confidence: Its level.

    Raises:
        ValueError: There is no item.
    """
    n = both + only_first + only_second + neither
    first, second = both + only_first, both + only_second
    one, other = wilson(first, n, confidence), wilson(second, n, confidence)
    phi = _phi(both, only_first, only_second, neither)
    down_first, up_first = first / n - one.low, one.high - first / n
    down_second, up_second = second / n - other.low, other.high - second / n
    difference = (only_second - only_first) / n
    return Interval(
        difference - _joined(down_second, up_first, phi),
        difference + _joined(up_second, down_first, phi),
        "Newcombe 10",
        confidence,
    )


def _joined(one: float, other: float, phi: float) -> float:
    return sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))


def _phi(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Correlation of the two outcomes, its numerator corrected for continuity when positive."""
    n = both + only_first + only_second + neither
    margins = (
        (both + only_first)
        * (only_second + neither)
        * (both + only_second)
        * (only_first + neither)
    )
    if margins == 0:
        return 0.0
    covariance: float = both * neither - only_first * only_second
    if covariance > 0:
        covariance = max(covariance - n / 2, 0)
    return covariance / sqrt(margins)
