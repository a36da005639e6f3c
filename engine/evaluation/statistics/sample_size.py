"""How many items a difference needs before a paired test can show it.

R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design",
Biometrics 43 (1987) 207-211, equation for the two-sided McNemar test:

    n = (z_{α/2}·√ψ + z_β·√(ψ − δ²))² / δ²

with ψ the discordance (share of items on which the two differ) and δ the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist

POWER = 0.8
ALPHA = 0.05
FEWEST = 2
"""Items without which nothing is known of how much the differences vary."""
ROUNDING = 1e-12


def items_needed(
    difference: float, discordance: float, power: float = POWER, alpha: float = ALPHA
) -> int:
    """Items for a two-sided McNemar test at `alpha` to show `difference` with `power`.

    Args:
        difference: The wished difference of accuracies, 0.1 = 10 points; its sign is ignored.
        discordance: Share of items on which exactly one of the two is right. It cannot be smaller
            than the difference, so it is raised to it.

    Raises:
        ValueError: The difference is 0 or above 1, or the discordance is outside 0 … 1.
    """
    delta = abs(difference)
    if not 0 < delta <= 1:
        raise ValueError("the wished difference must lie between 0 and 1")
    if not 0 <= discordance <= 1:
        raise ValueError("the discordance must lie between 0 and 1")
    psi = max(discordance, delta)
    normal = NormalDist()
    by_chance = normal.inv_cdf(1 - alpha / 2) * sqrt(psi)
    by_power = normal.inv_cdf(power) * sqrt(psi - delta * delta)
    return ceil(((by_chance + by_power) / delta) ** 2)


def items_needed_graded(
    difference: float, deviation: float, power: float = POWER, alpha: float = ALPHA
) -> int:
    """The same for graded values: items for a paired mean difference (normal approximation).

    Args:
        difference: The wished difference of means.
        deviation: Standard deviation of the items' differences.

    Raises:
        ValueError: The difference is 0.
    """
    if difference == 0:
        raise ValueError("the wished difference must not be 0")
    normal = NormalDist()
    z = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    return max(ceil((z * deviation / difference) ** 2), FEWEST)


def needed_for(wish: float, differences: Sequence[float], *, graded: bool = False) -> int | None:
    """About how many items `wish` needs, going by how the items at hand differ.

    None when they say nothing about it: fewer than `FEWEST`, or all of them differ alike.

    Args:
        wish: The wished difference, 0.1 = 10 points.
        differences: Second − first of each item; −1, 0 or 1 unless graded.
        graded: Whether values lie between 0 and 1.

    Raises:
        ValueError: No items, or a wish that is not in 0 … 1.
    """
    n = len(differences)
    if n == 0:
        raise ValueError("the items' differences are needed")
    if n < FEWEST or max(differences) - min(differences) < ROUNDING:
        return None
    if not graded:
        return items_needed(wish, sum(one != 0 for one in differences) / n)
    mean = sum(differences) / n
    variance = sum((one - mean) ** 2 for one in differences) / (n - 1)
    return items_needed_graded(wish, sqrt(variance))
