"""The exact test of a paired 0/1 difference.

Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
percentages", Psychometrika 12 (1947) 153-157, in its exact form: of the discordant items, those on
which the two differ, each side gets half when there is no difference, so the count is binomial.
"""

from __future__ import annotations


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Two-sided p of the exact conditional (binomial) McNemar test; 1 without discordant items."""
    from scipy.stats import binomtest

    discordant = only_first + only_second
    return float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0


def mcnemar_mid_p(only_first: int, only_second: int) -> float:
    """Two-sided mid-p: the exact p less the probability of the table itself.

    Less conservative than the exact test (M. W. Fagerland, S. Lydersen, P. Laake, "The McNemar
    test for binary matched-pairs data: mid-p and asymptotic are better than exact conditional",
    BMC Med. Res. Methodol. 13 (2013) 91).
    """
    from scipy.stats import binom

    discordant = only_first + only_second
    if not discordant:
        return 1.0
    return mcnemar_exact(only_first, only_second) - float(binom.pmf(only_first, discordant, 0.5))
