"""The fast order is the stable one, whatever the scores are."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.pruning.ordering import ascending

TINY = torch.finfo(torch.float32).tiny


@pytest.mark.parametrize(
    "scores",
    [
        torch.rand(3, 5, 700, generator=torch.Generator().manual_seed(1)),
        torch.randint(0, 4, (6, 200), generator=torch.Generator().manual_seed(2)).float(),  # ties
        torch.tensor([TINY, 0.0, TINY / 4, torch.inf, 1.0, torch.inf, 0.0]),  # a subnormal too
        torch.tensor([[0.0, -1.0, 2.0, -3.0, -0.0]]),
        torch.rand(40, 30, generator=torch.Generator().manual_seed(3)).T,
        torch.zeros(2, 0),
        torch.rand(4, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(4)),
    ],
    ids=["any", "ties", "extremes", "negative", "turned", "empty", "double"],
)
def test_the_order_is_that_of_a_stable_sort(scores: Tensor) -> None:
    before = scores.clone()
    assert torch.equal(ascending(scores), torch.sort(scores, dim=-1, stable=True).indices)
    assert torch.equal(scores, before)
