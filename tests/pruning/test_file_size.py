"""The bytes of a pruned file, counted matrix by matrix."""

from __future__ import annotations

import numpy as np
import pytest

from engine.pruning.file_size import bitmask_bytes
from engine.pruning.forecast import file_bytes
from engine.pruning.targets import targets
from tests.support.tiny_models import tiny_model


def test_a_weight_costs_a_bit_and_its_value_where_it_stays() -> None:
    # 80 and 40 weights in 4 bytes, 120 bytes that are not pruned
    by_hand = 120 + (80 / 8 + 60 * 4) + (40 / 8 + 10 * 4)
    assert bitmask_bytes(120 + 480, (80, 40), (0.25, 0.75), 4) == by_hand
    assert bitmask_bytes(600, (80, 40), 0.0, 4) == 600 + 120 / 8


@pytest.mark.parametrize("ratio", [0.3, 0.6])
def test_the_forecast_of_a_job_is_the_one_under_the_slider(ratio: float) -> None:
    found = targets(tiny_model("llama")[0])
    sizes = [target.weight.numel() for target in found]
    dense = 4 * sum(sizes) + 999
    ratios = np.full(len(found), ratio)
    assert file_bytes(found, ratios, dense, True) == bitmask_bytes(dense, sizes, ratio, 4)
    assert file_bytes(found, ratios, dense, False) == dense
