"""The paired permutation test, for values that are not 0/1.

R. A. Fisher, *The Design of Experiments* (1935) §21: without a difference, each item's difference
could as well have had the other sign. Exact over all signs while they can be counted, else drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

DRAWS: Final = 9999
EXACT_ITEMS: Final = 14
"""2¹⁴ = 16 384 sign patterns are all counted; beyond, `DRAWS` are drawn."""
AT_ONCE: Final = 200_000
ROUNDING: Final = 1e-12


def sign_flip(
    first: Sequence[float], second: Sequence[float], *, seed: int = 0, draws: int = DRAWS
) -> float:
    """Two-sided p of mean(second − first) under random signs of the items' differences.

    A drawn p is (1 + as extreme) / (1 + draws), so it is never 0 (B. Phipson, G. K. Smyth 2010).
    """
    import numpy as np

    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    differences = differences[differences != 0]
    n = len(differences)
    if n == 0:
        return 1.0
    reached = abs(differences.sum()) * (1 - ROUNDING) - ROUNDING
    if n <= EXACT_ITEMS:
        bits = np.arange(2**n)[:, None] >> np.arange(n) & 1  # [2**n, n]
        sums = np.where(bits == 1, differences, -differences).sum(axis=1)
        return float(np.mean(np.abs(sums) >= reached))
    generator = np.random.default_rng(seed)
    extreme, left = 0, draws
    while left:
        rows = min(left, max(AT_ONCE // n, 1))
        signs = generator.integers(0, 2, size=(rows, n), dtype=np.int8) * 2 - 1
        extreme += int(np.count_nonzero(np.abs(signs @ differences) >= reached))
        left -= rows
    return (1 + extreme) / (1 + draws)
