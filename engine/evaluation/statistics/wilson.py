"""The interval of one accuracy.

E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
J. Amer. Statist. Assoc. 22 (1927) 209-212. Unlike the textbook p ± z·√(p(1−p)/n) it stays inside
0 … 1 and has a width at 0 % and 100 %.
"""

from __future__ import annotations

from math import sqrt

from engine.evaluation.statistics.interval import CONFIDENCE, Interval, normal_quantile


def wilson(correct: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval, without continuity correction, of `correct` out of `n`.

    Raises:
        ValueError: `n` is not positive, or `correct` is not in 0 … n.
    """
    if n <= 0 or not 0 <= correct <= n:
        raise ValueError("Wilson's interval needs 0 ≤ correct ≤ n and n > 0")
    z2 = normal_quantile(confidence) ** 2
    middle = (correct + z2 / 2) / (n + z2)
    half = sqrt(z2 * (correct * (n - correct) / n + z2 / 4)) / (n + z2)
    low = 0.0 if correct == 0 else middle - half
    high = 1.0 if correct == n else middle + half
    return Interval(low, high, "Wilson", confidence)
