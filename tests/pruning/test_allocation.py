"""Error curves and the sharing of a budget, against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from engine.errors import BadSpec
from engine.pruning.allocation.base import HIGHEST, Budget
from engine.pruning.allocation.registry import RULES
from engine.pruning.allocation.water import hull
from engine.pruning.curves import GRID, error_curve, outlier_share
from engine.pruning.ranking import rank
from engine.pruning.recipe import PRESETS
from engine.pruning.score import score


def budget(ratio: float = 0.5, seed: int = 0, fixed: dict[int, float] | None = None) -> Budget:
    rng = np.random.default_rng(seed)
    curves = []
    for _ in range(6):
        power = np.sort(rng.lognormal(sigma=rng.uniform(0.3, 2.5), size=400))
        running = np.concatenate([[0], np.cumsum(power)]) / power.sum()
        curves.append(running[[int(r * 400) for r in GRID]])
    return Budget(
        ratio=ratio,
        sizes=np.array([400, 400, 800, 400, 1600, 400]),
        layers=(0, 0, 0, 1, 1, 2),
        grid=np.array(GRID),
        curves=np.stack(curves),
        outliers=rng.uniform(0, 0.1, 6),
        fixed=fixed or {},
    )


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_curve_is_the_error_of_zeroing_independent_features(name: str) -> None:
    generator = torch.Generator().manual_seed(4)
    weight = torch.randn(10, 20, generator=generator)
    norms = torch.rand(20, generator=generator) + 0.1
    ranking = rank(score(weight, norms, PRESETS[name]), PRESETS[name].group)
    curve = error_curve(weight, norms, ranking)
    inputs = torch.diag(norms)  # one token per feature: nothing adds up or cancels
    dense = inputs @ weight.T
    for ratio, predicted in zip(GRID, curve, strict=True):
        pruned = inputs @ weight.masked_fill(ranking.pruned(ratio), 0).T
        truth = float((dense - pruned).square().sum() / dense.square().sum())
        assert predicted == pytest.approx(truth, abs=1e-5)


def test_outliers_are_counted() -> None:
    weight = torch.ones(4, 10)
    weight[0, 0] = -100
    assert outlier_share(weight, torch.ones(10), 5.0) == pytest.approx(1 / 40)


@pytest.mark.parametrize("name", sorted(RULES))
@pytest.mark.parametrize("ratio", [0.0, 0.2, 0.5, 0.8, 0.93])
def test_the_budget_is_met_within_bounds(name: str, ratio: float) -> None:
    given = budget(ratio)
    ratios = RULES[name](given)
    assert float(ratios @ given.sizes) / given.sizes.sum() == pytest.approx(ratio, abs=1e-6)
    assert ratios.min() >= 0
    assert ratios.max() <= HIGHEST + 1e-9


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_dragged_layer_stays_and_the_rest_makes_up(name: str) -> None:
    given = budget(0.5, fixed={4: 0.2, 1: 0.9})
    ratios = RULES[name](given)
    assert ratios[4] == 0.2
    assert ratios[1] == 0.9
    assert float(ratios @ given.sizes) / given.sizes.sum() == pytest.approx(0.5, abs=1e-6)
    with pytest.raises(BadSpec):
        RULES[name](budget(0.9, fixed={4: 0.0, 2: 0.0}))


def test_water_filling_is_the_best_of_all_grid_allocations() -> None:
    """Brute force over three equal matrices with convex curves."""
    rng = np.random.default_rng(2)
    grid = np.array(GRID)
    curves = np.stack([grid**power * weight for power, weight in ((2, 1.0), (3, 0.4), (1.5, 0.1))])
    given = Budget(0.4, np.array([100] * 3), (0, 1, 2), grid, curves, rng.random(3))
    total = round(0.4 * 3 / 0.05)
    best = min(
        sum(curves[m, step] for m, step in enumerate(steps))
        for steps in product(range(len(GRID)), repeat=3)
        if sum(steps) == total
    )
    found = RULES["water"](given)
    error = sum(np.interp(found[m], grid, curves[m]) for m in range(3))
    assert error <= best + 1e-9
    uniform = sum(np.interp(0.4, grid, curves[m]) for m in range(3))
    assert error < uniform


def test_owl_spreads_densities_by_outliers() -> None:
    given = budget(0.5)
    ratios = RULES["owl"](given)
    for layer in range(3):  # one ratio per layer
        of_one = ratios[np.array(given.layers) == layer]
        assert np.ptp(of_one) < 1e-9
    shares = [
        np.average(
            given.outliers[np.array(given.layers) == layer],
            weights=given.sizes[np.array(given.layers) == layer],
        )
        for layer in range(3)
    ]
    of_layer = [ratios[0], ratios[3], ratios[5]]
    assert np.argsort(shares).tolist() == np.argsort(of_layer)[::-1].tolist()
    assert max(of_layer) - min(of_layer) == pytest.approx(2 * 0.08)


def test_the_hull_lies_under_the_curve_and_is_convex() -> None:
    rng = np.random.default_rng(1)
    x = np.linspace(0, 1, 15)
    y = np.cumsum(rng.random(15))
    under = hull(x, y)
    assert (under <= y + 1e-12).all()
    assert (np.diff(under, 2) >= -1e-12).all()
    assert under[0] == y[0]
    assert under[-1] == y[-1]


@pytest.mark.parametrize("seed", range(4))
def test_owl_densities_equal_a_slow_transcription(seed: int) -> None:
    """Share of scores above five means per layer → density, written out weight by weight."""
    generator = torch.Generator().manual_seed(seed)
    weights = [torch.randn(8, 12, generator=generator) ** 3 for _ in range(4)]
    norms = [torch.rand(12, generator=generator) * 4 ** torch.rand(12, generator=generator) + 0.01
             for _ in range(4)]  # fmt: skip
    ratio, shares = 0.6, []
    for weight, norm in zip(weights, norms, strict=True):
        scores = [abs(float(weight[i, j])) * float(norm[j]) for i in range(8) for j in range(12)]
        mean = sum(scores) / len(scores)
        shares.append(100 * sum(score > 5 * mean for score in scores) / len(scores))
    low, high = min(shares), max(shares)
    lifted = [(share - low) / (high - low) * 2 * 0.08 for share in shares]
    centre = sum(lifted) / len(lifted)
    densities = [lift - centre + (1 - ratio) for lift in lifted]
    found = [outlier_share(w, n, 5.0) for w, n in zip(weights, norms, strict=True)]
    grid = np.array(GRID)
    given = Budget(
        ratio, np.array([96] * 4), (0, 1, 2, 3), grid, np.tile(grid, (4, 1)), np.array(found)
    )
    assert RULES["owl"](given) == pytest.approx([1 - density for density in densities], abs=1e-6)


def test_a_wish_that_meets_the_budget_is_not_touched() -> None:
    assert RULES["uniform"](budget(0.5)).tolist() == [0.5] * 6
