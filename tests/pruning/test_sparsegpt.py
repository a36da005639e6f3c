"""SparseGPT against optimal brain surgery written out in float64, one column at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.pruning.inputs import Inputs
from engine.pruning.methods.scored import Scored
from engine.pruning.methods.sparsegpt import SparseGpt
from engine.pruning.pruned import _prune
from engine.pruning.recipe import PRESETS, Pattern

ROWS, COLUMNS = 6, 24


def example(seed: int) -> tuple[torch.Tensor, torch.Tensor, Inputs]:
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(ROWS, COLUMNS, generator=generator)
    mixing = torch.randn(COLUMNS, COLUMNS, generator=generator)
    rows = torch.randn(1, 200, COLUMNS, generator=generator) @ mixing
    real = torch.ones(1, 200, dtype=torch.bool)
    return weight, rows[0], Inputs(rows, real, "test")


def slow(
    weight: NDArray[np.float64], rows: NDArray[np.float64], ratio: float, block: int, m: int = 0
) -> NDArray[np.float64]:
    """Prune column by column; every step inverts the Hessian of the columns that are left."""
    hessian = 2 * rows.T @ rows
    hessian += 0.01 * np.diag(hessian).mean() * np.eye(COLUMNS)
    work = weight.copy()
    # d_j: what SparseGPT's cost divides by, the first entry of the inverse of H[j:, j:]
    firsts = [np.linalg.inv(hessian[j:, j:])[0, 0] for j in range(COLUMNS)]
    gone = np.zeros(work.shape, bool)
    for start in range(0, COLUMNS, block):
        stop = min(start + block, COLUMNS)
        if not m:
            cost = work[:, start:stop] ** 2 / np.array(firsts[start:stop])
            order = np.argsort(cost.ravel(), kind="stable")[: int(ratio * cost.size)]
            gone[:, start:stop].flat[order] = False
            chosen = np.zeros(cost.size, bool)
            chosen[order] = True
            gone[:, start:stop] = chosen.reshape(cost.shape)
        for j in range(start, stop):
            if m and j % m == 0:
                cost = work[:, j : j + m] ** 2 / np.array(firsts[j : j + m])
                for row in range(ROWS):
                    gone[row, j + np.argsort(cost[row], kind="stable")[: m // 2]] = True
            inverse = np.linalg.inv(hessian[j:, j:])
            for row in range(ROWS):
                if gone[row, j]:
                    work[row, j:] -= work[row, j] / inverse[0, 0] * inverse[0]
    work[gone] = 0
    return work


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("ratio", "block"), [(0.5, COLUMNS), (0.5, 8), (0.25, 128), (0.7, 8)])
def test_weights_equal_the_reference(seed: int, ratio: float, block: int) -> None:
    weight, rows, inputs = example(seed)
    expected = slow(weight.double().numpy(), rows.double().numpy(), ratio, block)
    gone = SparseGpt(block=block).prune(weight, inputs, ratio)
    assert np.abs(weight.numpy() - expected).max() < 1e-4
    assert np.array_equal(gone.numpy(), expected == 0)


@pytest.mark.parametrize("m", [4, 6])  # groups of 6 do not divide a block of 8
@pytest.mark.parametrize("block", [8, 24])
def test_patterns_equal_the_reference(block: int, m: int) -> None:
    weight, rows, inputs = example(5)
    expected = slow(weight.double().numpy(), rows.double().numpy(), 0.5, block, m=m)
    SparseGpt(Pattern(m // 2, m), block=block).prune(weight, inputs, 0.5)
    assert np.abs(weight.numpy() - expected).max() < 1e-4
    assert ((weight.numpy().reshape(ROWS, -1, m) == 0).sum(-1) == m // 2).all()


def test_what_stays_makes_up_for_what_goes() -> None:
    for seed in range(5):
        weight, rows, inputs = example(seed)
        dense = weight.clone()
        gone = SparseGpt().prune(weight, inputs, 0.5)
        plain = dense.masked_fill(gone, 0)  # the same zeros without the update
        lost = (rows @ (dense - weight).T).norm()
        assert lost < (rows @ (dense - plain).T).norm()


def test_a_text_that_says_nothing_is_refused() -> None:
    weight = torch.ones(2, 4)
    rows = torch.full((1, 3, 4), 1e30)
    with pytest.raises(BadSpec):
        SparseGpt().prune(weight, Inputs(rows, torch.ones(1, 3, dtype=torch.bool), "x"), 0.5)


def test_the_error_of_an_updated_matrix_is_the_error_of_its_outputs() -> None:
    weight, rows, inputs = example(3)
    dense = weight.clone()
    _, error = _prune(SparseGpt(), weight, inputs, 0.5)
    lost = ((dense - weight).double() @ rows.double().T).square().sum()
    assert error == pytest.approx(
        float(lost / (dense.double() @ rows.double().T).square().sum()), rel=1e-4
    )
    plain = dense.clone()
    Scored(PRESETS["wanda"]).prune(plain, inputs, 0.5)
    without = ((dense - plain).double() @ rows.double().T).square().sum()
    assert lost < without


@pytest.mark.parametrize("pattern", [Pattern(), Pattern(4, 8)])
def test_the_error_of_wanda_is_the_share_of_squared_scores_that_went(pattern: Pattern) -> None:
    weight, rows, inputs = example(4)
    power = (weight.double() * rows.double().square().sum(0).sqrt()).square()
    gone, error = _prune(Scored(PRESETS["wanda"], pattern), weight, inputs, 0.5)
    assert error == pytest.approx(float(power[gone].sum() / power.sum()), rel=1e-5)
    assert torch.equal(weight == 0, gone)
