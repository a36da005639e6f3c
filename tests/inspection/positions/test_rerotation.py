"""Captured heads turned back and turned anew, against rotations written out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.context.scaling.registry import inv_freq
from engine.errors import BadSpec
from engine.inspection.capture import Alibi, Mask, Rotation
from engine.inspection.positions.rope import (
    angles,
    before_rotation,
    config_of,
    normalised,
    pairs_of,
    rerotated,
    wavelengths,
)
from engine.inspection.stages import stage
from tests.inspection.positions.captures import rope_layer, turned_by_hand

SHAPES = [("half", 16, 1.0), ("interleaved", 16, 1.0), ("half", 8, 1.0), ("interleaved", 8, 1.3)]
ALL = slice(0, 24)


@pytest.mark.parametrize(("pairing", "rotary_dim", "scaling"), SHAPES)
def test_queries_and_keys_come_back(pairing, rotary_dim, scaling) -> None:
    layer, q, k = rope_layer(pairing=pairing, rotary_dim=rotary_dim, scaling=scaling)
    for head in range(4):
        plain = before_rotation(layer, head)
        np.testing.assert_allclose(plain.q, q[head], atol=1e-6)
        np.testing.assert_allclose(plain.k, k[head // 2], atol=1e-6)


@pytest.mark.parametrize(("pairing", "rotary_dim", "scaling"), SHAPES)
def test_another_rotation(pairing, rotary_dim, scaling) -> None:
    layer, q, k = rope_layer(pairing=pairing, rotary_dim=rotary_dim, scaling=scaling)
    changed, attention = inv_freq("yarn", config_of(layer, 64), 4.0)
    found = rerotated(layer, 3, changed, attention)
    at = np.arange(24.0)
    new = Rotation(changed, at, pairing, rotary_dim, attention)
    scores = turned_by_hand(q[3], new, at) @ turned_by_hand(k[1], new, at).T * layer.scaling
    np.testing.assert_allclose(stage(found, 0, "rotation", ALL, ALL), scores, atol=3e-6)
    assert found.heads == 1
    assert found.head_name(0) == 3


def test_positions_divided_are_frequencies_divided() -> None:
    layer, _, _ = rope_layer()
    assert layer.rotation is not None
    theta = layer.rotation.inv_freq
    by_position = rerotated(layer, 0, theta, positions=layer.rotation.positions / 4)
    by_frequency = rerotated(layer, 0, theta / 4)
    np.testing.assert_allclose(by_position.q, by_frequency.q, atol=1e-6)
    np.testing.assert_allclose(by_position.k, by_frequency.k, atol=1e-6)


def test_the_same_rotation_changes_no_bit() -> None:
    layer, _, _ = rope_layer(scaling=1.3)
    assert layer.rotation is not None
    same = rerotated(layer, 2, layer.rotation.inv_freq.copy(), 1.3)
    assert np.array_equal(same.q[0], layer.q[2])
    assert np.array_equal(same.k[0], layer.k[1])


def test_far_positions_come_back_as_well() -> None:
    layer, q, k = rope_layer(tokens=4)
    at = np.array([4000.0, 4095.0, 16_000.0, 100_000.0])
    far = replace(layer.rotation, positions=at)
    turned_q, turned_k = (turned_by_hand(part, far, at).astype(np.float32) for part in (q, k))
    moved = replace(layer, q=turned_q, k=turned_k, rotation=far)
    np.testing.assert_allclose(before_rotation(moved, 0).q, q[0], atol=1e-6)
    content = stage(moved, 0, "content", slice(None), slice(None))
    np.testing.assert_allclose(content, q[0] @ k[0].T * layer.scaling, atol=1e-5)


def test_no_frequency_is_no_rotation() -> None:
    layer, q, k = rope_layer()
    still = rerotated(layer, 1, np.zeros(8))
    scores = q[1] @ k[0].T * layer.scaling
    np.testing.assert_allclose(stage(still, 0, "rotation", ALL, ALL), scores, atol=3e-6)


@pytest.mark.parametrize("mask", [Mask(), Mask(kind="window", window=5), Mask(kind="full")])
def test_weights_after_normalising(mask) -> None:
    layer, _, _ = rope_layer(mask=mask)
    layer = replace(layer, bias=Alibi(np.array([0.5, 0.25, 0.125, 0.0625]), "distance"))
    found = normalised(rerotated(layer, 2, np.full(8, 0.01)))
    scores = stage(found, 0, "softcap", ALL, ALL).astype(np.float64)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(stage(found, 0, "softmax", ALL, ALL), weights, atol=1e-6)
    assert isinstance(found.bias, Alibi)
    assert found.bias.slopes.tolist() == [0.125]


def test_sinks_take_their_share() -> None:
    layer, _, _ = rope_layer()
    layer = replace(layer, sinks=np.array([0.0, 1.0, 2.0, 3.0], np.float32))
    found = normalised(rerotated(layer, 3, np.full(8, 0.01)))
    scores = stage(found, 0, "softcap", ALL, ALL).astype(np.float64)
    shares = np.exp(scores).sum(axis=1) / (np.exp(scores).sum(axis=1) + np.exp(3.0))
    np.testing.assert_allclose(stage(found, 0, "softmax", ALL, ALL).sum(axis=1), shares, atol=1e-6)


def test_pairs_turn_as_complex_numbers() -> None:
    for pairing in ("half", "interleaved"):
        layer, q, _ = rope_layer(pairing=pairing)
        assert layer.rotation is not None
        before = pairs_of(q[0].astype(np.float32), layer.rotation)
        after = pairs_of(layer.q[0], layer.rotation)
        phase = np.exp(1j * angles(layer.rotation.positions, layer.rotation.inv_freq))
        np.testing.assert_allclose(before * phase, after, atol=1e-5)


def test_wavelengths() -> None:
    theta = 10_000.0 ** (-np.arange(0, 128, 2) / 128)
    found = wavelengths(theta)
    assert found[0] == pytest.approx(2 * np.pi)
    assert found[-1] == pytest.approx(2 * np.pi * 10_000 ** (126 / 128))
    assert wavelengths(np.zeros(1))[0] == np.inf


def test_wrong_use() -> None:
    layer, _, _ = rope_layer()
    with pytest.raises(BadSpec, match="does not rotate"):
        before_rotation(replace(layer, rotation=None), 0)
    with pytest.raises(BadSpec, match="no head 4"):
        before_rotation(layer, 4)
    with pytest.raises(BadSpec, match="3 frequencies were given for 8 pairs"):
        rerotated(layer, 0, np.ones(3))
