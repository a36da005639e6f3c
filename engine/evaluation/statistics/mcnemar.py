"""The exact test of a paired 0/1 difference.

Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
percentages", Psychometrika 12 (1947) 153-157, in its exact form: of the discordant items, those on
which the two differ, each side gets half when there is no difference, so the count is binomial.
"""

from __future__ import annotations


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided p of the exact conditional (binomial) McNemar test; 1 without discordant items.

    Both tails of a fair coin are alike, so it is twice the smaller one: ``Σ C(n, k) / 2ⁿ``, summed
    in whole numbers and rounded once. No library is loaded for it, as that would hold the window
    up when the first figures are worked out.
    """
    discordant = only_first + only_second
    ways = tail = 1
    for k in range(1, min(only_first, only_second) + 1):
        ways = ways * (discordant - k + 1) // k
        tail += ways
    return min(1.0, 2 * tail / (1 << discordant))


def mcnemar_mid_p(only_first: int, only_second: int) -> float:
    """Two-sided mid-p: half the probability of the observed split is left out in each tail.

    Less conservative than the exact test (M. W. Fagerland, S. Lydersen, P. Laake, "The McNemar
    test for binary matched-pairs data: mid-p and asymptotic are better than exact conditional",
    BMC Med. Res. Methodol. 13 (2013) 91). An even split gives 1.
    """
    from math import comb

    if only_first == only_second:
        return 1.0
    discordant = only_first + only_second
    observed: float = comb(discordant, only_first) / 2**discordant
    return mcnemar_exact(only_first, only_second) - observed
