"""Sorting networks sort, and select what a sort selects."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engine.pruning.network import exchanges, smallest_of_each


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
    before = members.copy()
    for place in range(1, size + 1):
        assert np.array_equal(smallest_of_each(members, place), np.sort(members, axis=0)[place - 1])
    assert np.array_equal(members, before)
