"""The interval of one accuracy.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
J. Amer. Statist. Assoc. 22 (1927) 209-212. Unlike the textbook p ± z·√(p(1−p)/n) it stays inside
0 … 1 and has a width at 0 % and 100 %.
"""

from __future__ import annotations

from engine.evaluation.statistics.interval import CONFIDENCE, Interval


def wilson(correct: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval, without continuity correction, of `correct` out of `n`.

    Raises:
        ValueError: `n` is not positive, or `correct` is not in 0 … n.
    """
    from scipy.stats import binomtest

    found = binomtest(correct, n).proportion_ci(confidence, method="wilson")
    return Interval(float(found.low), float(found.high), "Wilson", confidence)
