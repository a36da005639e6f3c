"""Each statistic against a closed formula, a published table, or a slow count of every case."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import comb, sqrt

import pytest

from engine.evaluation.statistics.bootstrap import bootstrap_difference, bootstrap_mean
from engine.evaluation.statistics.holm import holm
from engine.evaluation.statistics.mcnemar import mcnemar_exact, mcnemar_mid_p
from engine.evaluation.statistics.newcombe import newcombe
from engine.evaluation.statistics.permutation import sign_flip
from engine.evaluation.statistics.sample_size import (
    items_needed,
    items_needed_graded,
    needed_for,
)
from engine.evaluation.statistics.wilson import wilson

Z = 1.959963984540054


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [  # R. G. Newcombe, Statist. Med. 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_the_published_table(correct, n, low, high):
    found = wilson(correct, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize("n", [1, 7, 80])
def test_wilsons_ends_are_where_the_score_test_is_just_significant(n):
    """By its definition: |p̂ − p| = z·√(p(1−p)/n) at both ends."""
    for correct in range(n + 1):
        found = wilson(correct, n)
        for end in (found.low, found.high):
            score = abs(correct / n - end)
            assert score == pytest.approx(Z * sqrt(end * (1 - end) / n), abs=1e-9) or end in (0, 1)


def by_counting(only_first: int, only_second: int) -> tuple[float, float]:
    """Exact and mid p: every way in which the discordant items can fall, as fractions."""
    n = only_first + only_second
    chances = [Fraction(comb(n, k), 2**n) for k in range(n + 1)]
    exact = sum(chance for chance in chances if chance <= chances[only_first])
    return float(exact), float(exact - chances[only_first])


@pytest.mark.parametrize(("only_first", "only_second"), list(product(range(9), range(9))))
def test_mcnemar_counts_every_way_the_discordant_items_can_fall(only_first, only_second):
    exact, mid = by_counting(only_first, only_second)
    assert mcnemar_exact(only_first, only_second) == pytest.approx(exact)
    if only_first != only_second:
        assert mcnemar_mid_p(only_first, only_second) == pytest.approx(mid)


def test_mcnemar_of_a_published_table():
    """Airway hyper-responsiveness, Bentur et al. 2009, in Fagerland et al. 2013: 7 against 1."""
    assert mcnemar_exact(1, 7) == pytest.approx(0.0703, abs=5e-5)
    assert mcnemar_mid_p(1, 7) == pytest.approx(0.0391, abs=5e-5)


@pytest.mark.parametrize("same", [0, 1, 4])
def test_a_tied_table_shows_nothing(same):
    assert mcnemar_exact(same, same) == 1
    assert mcnemar_mid_p(same, same) == 1


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Fagerland, Lydersen, Laake, Statist. Med. 33 (2014) 2850-2875: −0.507 to −0.026
        ((1, 1, 7, 12), 0.026, 0.507),
        # Altman et al., Statistics with Confidence (2000) table 6.2: 0.011 to 0.226
        ((14, 5, 0, 22), -0.226, -0.011),
    ],
)
def test_newcombes_paired_interval_agrees_with_published_ones(table, low, high):
    found = newcombe(*table)
    assert (round(found.low, 3), round(found.high, 3)) == (low, high)


def test_a_very_small_p_keeps_its_digits():
    """2 · Σ C(1000, k) / 2¹⁰⁰⁰ for k ≤ 20, in whole numbers."""
    exact = Fraction(2 * sum(comb(1000, k) for k in range(21)), 2**1000)
    assert mcnemar_exact(980, 20) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(("correct", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_wilson_refuses_counts_that_cannot_be(correct, n):
    with pytest.raises(ValueError, match="needs"):
        wilson(correct, n)


def test_newcombes_interval_turns_round_with_its_sides():
    one, other = newcombe(20, 3, 12, 5), newcombe(20, 12, 3, 5)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert one.low < 9 / 40 < one.high


@pytest.mark.parametrize("table", [(10, 0, 0, 0), (0, 0, 0, 10), (0, 10, 0, 0), (0, 0, 10, 0)])
def test_newcombes_interval_holds_at_the_edges(table):
    found = newcombe(*table)
    assert -1 <= found.low <= (table[2] - table[1]) / 10 <= found.high <= 1


def test_newcombes_interval_covers_the_truth_about_as_often_as_it_says():
    """Every table of 12 items, weighted by its chance under known shares."""
    n, shares, truth = 12, (0.4, 0.1, 0.25, 0.25), 0.15
    covered = 0.0
    for both in range(n + 1):
        for first in range(n + 1 - both):
            for second in range(n + 1 - both - first):
                neither = n - both - first - second
                ways = comb(n, both) * comb(n - both, first) * comb(n - both - first, second)
                chance = ways * (
                    shares[0] ** both * shares[1] ** first * shares[2] ** second
                    * shares[3] ** neither
                )  # fmt: skip
                if newcombe(both, first, second, neither).holds(truth):
                    covered += chance
    assert 0.93 < covered < 0.985


def test_holm_against_its_definition():
    """Of m ordered p-values the k-th smallest is multiplied by m − k + 1, never falling."""
    chance = random.Random(5)
    for _ in range(50):
        p = [chance.random() ** 3 for _ in range(6)]
        adjusted = holm(p)
        for index, value in enumerate(p):
            smaller = [one for one in p if one <= value]
            slow = max((len(p) - rank) * one for rank, one in enumerate(sorted(smaller)))
            assert adjusted[index] == pytest.approx(min(1, slow))


def test_holm_of_a_worked_example_and_of_nothing():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    assert holm([0.2]) == (0.2,)


@pytest.mark.parametrize(
    ("discordance", "difference", "needed"),
    [(0.2, 0.05, 626), (0.2, 0.1, 155), (0.3, 0.05, 940), (0.3, 0.1, 234)],
)
def test_items_needed(discordance, difference, needed):
    assert items_needed(difference, discordance) == needed
    assert items_needed(-difference, discordance) == needed


def test_that_many_items_do_reach_the_power():
    """The chance of a significant asymptotic McNemar test, summed over every table."""
    from scipy.stats import binom

    difference, discordance = 0.2, 0.4
    n = items_needed(difference, discordance)
    share = (discordance + difference) / 2 / discordance
    power = 0.0
    for discordant in range(1, n + 1):
        reached = [
            binom.pmf(k, discordant, share)
            for k in range(discordant + 1)
            if abs(2 * k - discordant) >= Z * sqrt(discordant)
        ]
        power += binom.pmf(discordant, n, discordance) * sum(reached)
    assert power == pytest.approx(0.8, abs=0.03)


def test_items_needed_refuses_what_cannot_be_and_raises_the_discordance_to_the_difference():
    assert items_needed(0.5, 0.0) == items_needed(0.5, 0.5)
    for difference, discordance in ((0, 0.2), (1.5, 0.2), (0.1, -0.1), (0.1, 1.1)):
        with pytest.raises(ValueError, match="must lie"):
            items_needed(difference, discordance)


def test_items_needed_for_graded_values_follow_the_normal_formula():
    assert items_needed_graded(0.1, 0.5) == 197  # (1.95996 + 0.84162)² · 25 = 196.2
    assert needed_for(0.1, [0.5, -0.5] * 50, graded=True) == pytest.approx(198, abs=1)
    assert needed_for(0.1, [1, -1, 0, 0, 0, 0, 0, 0, 0, 0]) == 155


def slow_bca(values: list[float], resamples: int, seed: int) -> tuple[float, float]:
    """Efron's BCa interval of a mean, written out with the standard library alone."""
    from statistics import NormalDist, fmean

    normal, chance, n = NormalDist(), random.Random(seed), len(values)
    drawn = sorted(fmean(chance.choices(values, k=n)) for _ in range(resamples))
    mean = fmean(values)
    below = sum(one < mean for one in drawn) + sum(one == mean for one in drawn) / 2
    z0 = normal.inv_cdf(below / resamples)
    left_out = [(sum(values) - value) / (n - 1) for value in values]
    middle = fmean(left_out)
    cubes = sum((middle - one) ** 3 for one in left_out)
    squares = sum((middle - one) ** 2 for one in left_out)
    a = cubes / (6 * squares**1.5)
    ends = []
    for share in (0.025, 0.975):
        z = z0 + normal.inv_cdf(share)
        place = normal.cdf(z0 + z / (1 - a * z))
        ends.append(drawn[min(int(place * resamples), resamples - 1)])
    return ends[0], ends[1]


def test_the_bootstrap_agrees_with_a_slow_one():
    chance = random.Random(11)
    first = [round(chance.random() ** 2, 2) for _ in range(60)]
    second = [min(1.0, value + (chance.random() < 0.3) * 0.4) for value in first]
    found = bootstrap_difference(first, second, seed=1)
    low, high = slow_bca([b - a for a, b in zip(first, second, strict=True)], 8000, 3)
    assert found.low == pytest.approx(low, abs=0.006)
    assert found.high == pytest.approx(high, abs=0.006)
    assert found.method == "bootstrap (BCa)"


def test_the_bootstrap_of_right_and_wrong_lies_near_newcombes_interval():
    first = [1] * 20 + [0] * 60
    second = [1] * 15 + [0] * 5 + [1] * 35 + [0] * 25
    found, exact = bootstrap_difference(first, second), newcombe(15, 5, 35, 25)
    assert found.low == pytest.approx(exact.low, abs=0.03)
    assert found.high == pytest.approx(exact.high, abs=0.03)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    values = [0.0, 0.25, 0.5, 1.0, 0.75, 0.1, 0.9] * 3
    assert bootstrap_mean(values, seed=4) == bootstrap_mean(values, seed=4)
    assert bootstrap_mean(values, seed=4) != bootstrap_mean(values, seed=5)


def test_items_that_are_all_alike_give_no_interval_and_no_number_of_items():
    assert bootstrap_difference([0.2, 0.5], [0.4, 0.7]) is None
    assert bootstrap_mean([0.5]) is None
    for graded in (False, True):
        assert needed_for(0.1, [1.0], graded=graded) is None
        assert needed_for(0.1, [0.0, 0.0, 0.0], graded=graded) is None
    assert needed_for(0.1, [0.4, 0.7 - 0.3], graded=True) is None
    with pytest.raises(ValueError, match="same items"):
        bootstrap_difference([1], [1, 0])
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_mean([])


def slow_sign_flip(differences: list[float]) -> float:
    """Every sign pattern, one at a time."""
    reached = abs(sum(differences))
    patterns = list(product((-1, 1), repeat=len(differences)))
    sums = [sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in patterns]
    return sum(abs(one) >= reached - 1e-9 for one in sums) / len(patterns)


def test_few_items_are_flipped_in_every_way_and_many_by_chance():
    chance = random.Random(2)
    first = [chance.random() for _ in range(11)]
    second = [value + chance.uniform(-0.1, 0.3) for value in first]
    differences = [b - a for a, b in zip(first, second, strict=True)]
    assert sign_flip(first, second) == pytest.approx(slow_sign_flip(differences))
    more = [(a, a + chance.uniform(-0.2, 0.3)) for a in (chance.random() for _ in range(16))]
    drawn = sign_flip([a for a, _ in more], [b for _, b in more])
    assert drawn == pytest.approx(slow_sign_flip([b - a for a, b in more]), abs=0.03)


def test_sign_flips_of_right_and_wrong_are_mcnemars_test():
    first, second = [0, 0, 0, 0, 1, 1, 0], [1, 1, 1, 1, 0, 1, 0]
    assert sign_flip(first, second) == pytest.approx(mcnemar_exact(1, 4))
    assert sign_flip([1, 0], [1, 0]) == 1
