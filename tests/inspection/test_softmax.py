"""The softmax of a capture against torch's in float64, with sinks and rows that see nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.inspection.softmax import log_sums, softmaxed, weights_of


def scores(hidden: bool) -> np.ndarray:
    found = np.random.default_rng(0).normal(0, 40, (9, 13)).astype(np.float32)
    if hidden:
        found[np.triu_indices(9, 1, 13)] = -np.inf
    return found


def truth(values: np.ndarray, sink: float | None) -> torch.Tensor:
    table = torch.from_numpy(values).double()
    if sink is not None:
        table = torch.cat([table, torch.full((len(table), 1), sink).double()], dim=1)
    return table


@pytest.mark.parametrize("sink", [None, -3.0, 90.0])
@pytest.mark.parametrize("hidden", [False, True])
def test_both_ways_are_torchs(hidden, sink):
    values = scores(hidden)
    table = truth(values, sink)
    lse = log_sums(values, sink)
    np.testing.assert_allclose(lse, torch.logsumexp(table, 1).numpy(), rtol=1e-7)
    expected = torch.softmax(table, 1)[:, :13].numpy()
    np.testing.assert_allclose(weights_of(values.astype(float), lse), expected, atol=1e-6)
    np.testing.assert_allclose(softmaxed(values.copy(), sink), expected, atol=2e-6)


def test_a_row_that_sees_nothing_weighs_nothing():
    values = scores(hidden=False)
    values[4] = -np.inf
    lse = log_sums(values)
    assert np.isneginf(lse[4])
    assert (weights_of(values, lse)[4] == 0).all()
    assert (softmaxed(values, None)[4] == 0).all()
    assert not np.isnan(values).any()
