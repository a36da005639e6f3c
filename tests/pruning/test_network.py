"""Sorting networks sort, and select what a sort selects."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from engine.pruning.network import exchanges, smallest_of_each
from engine.pruning.ranking import pruned_of_m
from engine.pruning.recipe import Pattern


@pytest.mark.parametrize("size", range(1, 9))
def test_sorts_every_row_of_zeros_and_ones(size: int) -> None:
    """The zero-one principle: a network that sorts these sorts everything."""
    for values in product((0, 1), repeat=size):
        row = list(values)
        for low, high in exchanges(size):
            row[low], row[high] = min(row[low], row[high]), max(row[low], row[high])
        assert row == sorted(values)


@pytest.mark.parametrize("size", range(2, 17))
def test_selects_as_a_sort_does(size: int) -> None:
    random = np.random.default_rng(size)
    members = random.integers(0, 5, (size, 200)).astype(np.float32)  # with many ties
    for place in range(1, size + 1):
        found = smallest_of_each(members.copy(), place)
        assert np.array_equal(found, np.sort(members, axis=0)[place - 1])


def test_scores_of_a_single_group_are_left_alone() -> None:
    scores = torch.tensor([[3.0, 1.0, 2.0, 0.0]])
    gone = pruned_of_m(scores, Pattern(2, 4))
    assert gone.tolist() == [[False, True, False, True]]
    assert scores.tolist() == [[3.0, 1.0, 2.0, 0.0]]
