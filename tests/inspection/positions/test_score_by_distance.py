"""Score against distance: the identity of relative positions, envelopes, measured means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.inspection.capture import Mask
from engine.inspection.positions.distance import (
    binned,
    envelope,
    measured,
    relative_score,
)
from engine.inspection.positions.relative import relative_grid
from engine.inspection.positions.rope import rerotated
from tests.inspection.positions.captures import rope_layer, turned_by_hand

THETA = 10_000.0 ** (-np.arange(0, 64, 2) / 64)


@pytest.mark.parametrize("pairing", ["half", "interleaved"])
@pytest.mark.parametrize("rotary_dim", [8, 16])
def test_only_the_distance_counts(pairing, rotary_dim) -> None:
    layer, q, k = rope_layer(pairing=pairing, rotary_dim=rotary_dim, scaling=1.2)
    positions = np.arange(0, 400, 25)
    query, key = q[0, 3].astype(np.float32), k[0, 9].astype(np.float32)
    grid = relative_grid(query, key, layer.rotation, positions, layer.scaling)
    assert grid.deviation < 5e-6
    assert grid.spread < 5e-6
    m, n = 7, 4
    hand = (
        turned_by_hand(query[None], layer.rotation, positions[[m]], exact=True)
        @ turned_by_hand(key[None], layer.rotation, positions[[n]], exact=True).T
    )
    assert grid.scores[m, n] == pytest.approx(float(hand[0, 0]) * layer.scaling, abs=1e-5)
    assert np.ptp(grid.scores) > 0.1  # the distance does count


def test_a_rotation_that_knows_the_place_would_show() -> None:
    """The spread is a measurement: turn the keys by another amount and it grows."""
    layer, q, k = rope_layer()
    positions = np.arange(0, 100, 5)
    score = relative_score(
        q[0, 0].astype(np.float32), k[0, 0].astype(np.float32), layer.rotation, positions
    )
    assert np.ptp(score) > 0.1


def test_envelope_against_the_sum_written_out() -> None:
    distances = np.array([0, 1, 7, 100, 3000])
    found = envelope(THETA, distances)
    for place, distance in enumerate(distances):
        sums = [abs(sum(np.exp(1j * distance * t) for t in THETA[:j])) for j in range(1, 33)]
        assert found[place] == pytest.approx(np.mean(sums), rel=1e-12)
    assert found[0] == pytest.approx((len(THETA) + 1) / 2)
    assert found[-1] < found[0] / 2


MASKS = [
    Mask(),
    Mask(kind="full"),
    Mask(kind="window", window=6),
    Mask(kind="prefix", prefix=9),
    Mask(visible=np.arange(24) >= 5),
    Mask(painted=np.tri(24, dtype=bool) & (np.arange(24) % 3 > 0)),
]


@pytest.mark.parametrize("mask", MASKS)
def test_measured_mean_against_a_loop(mask) -> None:
    layer, _, _ = rope_layer(mask=mask)
    curve = measured(layer, 3)
    shown = mask.allowed(slice(0, 24), slice(0, 24))
    cells: dict[int, list[float]] = {}
    for i in range(24):
        for j in range(24):
            if shown[i, j]:
                score = float(layer.q[3, i] @ layer.k[1, j]) * layer.scaling
                cells.setdefault(i - j, []).append(score)
    assert curve.distances.tolist() == sorted(cells)
    assert curve.count.tolist() == [len(cells[at]) for at in sorted(cells)]
    expected = [np.mean(cells[at]) for at in sorted(cells)]
    np.testing.assert_allclose(curve.mean, expected, atol=1e-6)


def test_measured_of_one_query_over_a_cache() -> None:
    layer, _, _ = rope_layer()
    late = replace(
        layer, q=layer.q[:, -2:], lse=layer.lse[:, -2:], mask=Mask(offset=22), rotation=None
    )
    curve = measured(late, 0)
    assert curve.distances.tolist() == list(range(24))
    oldest = float(layer.q[0, 23] @ layer.k[0, 0]) * layer.scaling
    assert curve.count[-1] == 1
    assert curve.mean[-1] == pytest.approx(oldest, abs=1e-6)


def test_measured_follows_another_rotation() -> None:
    layer, _, _ = rope_layer()
    still = measured(rerotated(layer, 0, np.zeros(8)), 0)
    assert not np.allclose(still.mean, measured(layer, 0).mean, atol=1e-3)
    assert still.mean[0] == pytest.approx(measured(layer, 0).mean[0], abs=1e-6)


def test_bins_keep_every_cell() -> None:
    layer, _, _ = rope_layer(tokens=60)
    curve = measured(layer, 0)
    rough = binned(curve, 7)
    assert len(rough.distances) == 7
    assert rough.count.sum() == curve.count.sum() == 60 * 61 // 2
    assert (rough.mean * rough.count).sum() == pytest.approx((curve.mean * curve.count).sum())
    assert binned(curve, 100) is curve
