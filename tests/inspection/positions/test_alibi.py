"""ALiBi: slopes against the closed forms and the models' own code, the triangle, windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import BadSpec
from engine.inspection.capture import Alibi
from engine.inspection.positions.alibi import (
    added,
    effective_window,
    released_slopes,
    textbook_slopes,
    triangle,
)
from tests.inspection.positions.captures import rope_layer

HALF = 0.5**0.5


def test_textbook_slopes() -> None:
    assert textbook_slopes(8).tolist() == [2.0**-h for h in range(1, 9)]
    for heads in (8, 12, 16, 20):
        found = textbook_slopes(heads)
        assert found[0] == pytest.approx(2 ** (-8 / heads))
        assert found[-1] == pytest.approx(1 / 256)
        np.testing.assert_allclose(found[1:] / found[:-1], 2 ** (-8 / heads))


def test_released_slopes_in_closed_form() -> None:
    eight = [2.0**-h for h in range(1, 9)]
    sixteen = [2.0 ** (-h / 2) for h in range(1, 17)]
    np.testing.assert_allclose(released_slopes(8), eight)
    np.testing.assert_allclose(released_slopes(16), sixteen)
    np.testing.assert_allclose(released_slopes(12), eight + [HALF * 2.0**-n for n in range(4)])
    np.testing.assert_allclose(
        released_slopes(20), sixteen + [2.0 ** (-(2 * n + 1) / 4) for n in range(4)]
    )


@pytest.mark.parametrize("heads", [1, 2, 8, 12, 16, 20, 112])
def test_released_slopes_are_those_of_the_models(heads) -> None:
    import torch
    from transformers.models.bloom.modeling_bloom import build_alibi_tensor
    from transformers.models.mpt.modeling_mpt import build_mpt_alibi_tensor

    ours = released_slopes(heads)
    bloom = build_alibi_tensor(torch.ones(1, 2), heads, torch.float32)  # [heads, 1, 2]
    np.testing.assert_allclose(bloom[:, 0, 1], ours, rtol=1e-6)
    mpt = build_mpt_alibi_tensor(heads, 2)  # [heads, 1, 2]: slope · (j − 1)
    np.testing.assert_allclose(-mpt[:, 0, 0], ours, rtol=1e-6)


def test_the_triangle_of_the_slide() -> None:
    assert triangle(5).tolist() == [
        [0, 0, 0, 0, 0],
        [-1, 0, 0, 0, 0],
        [-2, -1, 0, 0, 0],
        [-3, -2, -1, 0, 0],
        [-4, -3, -2, -1, 0],
    ]


@pytest.mark.parametrize("form", ["key", "distance"])
def test_what_is_added_is_the_distance_in_either_form(form) -> None:
    layer, _, _ = rope_layer()
    layer = replace(layer, rotation=None, bias=Alibi(released_slopes(4), form))
    found = added(layer, 1, slice(0, 5), slice(0, 5))
    slope = released_slopes(4)[1]
    np.testing.assert_allclose(np.tril(found), np.tril(slope * triangle(5)))
    part = added(layer, 1, slice(3, 5), slice(1, 3))
    assert np.array_equal(part, found[3:5, 1:3])


def test_effective_window() -> None:
    assert effective_window(np.array([0.5, 0.25]), 5.0).tolist() == [10, 20]
    assert effective_window(np.array([0.0]))[0] == np.inf
    assert np.exp(-0.25 * effective_window(np.array([0.25]), 3.0)[0]) == pytest.approx(np.exp(-3))


def test_wrong_use() -> None:
    layer, _, _ = rope_layer()
    with pytest.raises(BadSpec, match="adds no linear bias"):
        added(layer, 0, slice(0, 2), slice(0, 2))
    with pytest.raises(BadSpec, match="at least one head"):
        released_slopes(0)
