"""Stages, tiles and thumbnails of made-up heads against loops written out here."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from engine.errors import BadSpec
from engine.inspection.capture import (
    Alibi,
    BucketBias,
    Capture,
    DenseBias,
    LayerCapture,
    Mask,
    Rotation,
)
from engine.inspection.rotation import turned
from engine.inspection.stages import STAGES, explain, stage, stages_of
from engine.inspection.thumbnails import thumbnails
from engine.inspection.tiles import is_exact, levels, pooled, quantised, tile

COUNT, WIDTH = 37, 8
DRAWS = np.random.default_rng(0)
PADDED = np.arange(COUNT) >= 3
PAINTED = DRAWS.random((COUNT, COUNT)) < 0.6
np.fill_diagonal(PAINTED, True)
MASKS = {
    "causal": Mask("causal"),
    "full": Mask("full"),
    "prefix": Mask("prefix", prefix=11),
    "window": Mask("window", window=9),
    "padded": Mask("full", visible=PADDED),
    "painted": Mask("full", painted=PAINTED),
}
BIASES = {
    "none": None,
    "key": Alibi(np.array([0.5, 0.03]), "key"),
    "distance": Alibi(np.array([0.5, 0.03]), "distance"),
    "buckets": BucketBias(DRAWS.standard_normal((2, 8)).astype(np.float32), True, 20),
    "dense": DenseBias(DRAWS.standard_normal((2, COUNT, COUNT)).astype(np.float32)),
}


def made(mask: str = "causal", bias: str = "none", softcap=None, sinks=None) -> LayerCapture:
    draws = np.random.default_rng(7)
    q = draws.standard_normal((2, COUNT, WIDTH)).astype(np.float32)
    k = draws.standard_normal((1, COUNT, WIDTH)).astype(np.float32)
    rotation = Rotation(0.3 ** np.arange(3), np.arange(COUNT, dtype=float), "interleaved", 6, 1.1)
    one = LayerCapture(
        "h.2.attn", 2, "self", q, k, np.zeros((2, COUNT)), 0.35, MASKS[mask], rotation,
        BIASES[bias], softcap, sinks,
    )  # fmt: skip
    lse = np.empty((2, COUNT))
    for head in range(2):
        for i, row in enumerate(scores(one, head)):
            terms = [math.exp(value) for value in row if value > -math.inf]
            if sinks is not None:
                terms.append(math.exp(float(sinks[head])))
            lse[head, i] = math.log(sum(terms))
    return LayerCapture(**{**one.__dict__, "lse": lse})


def added(bias, head: int, i: int, j: int) -> float:
    if bias is None:
        return 0.0
    if isinstance(bias, DenseBias):
        return float(bias.values[head, i, j])
    if isinstance(bias, Alibi):
        return bias.slopes[head] * (j if bias.form == "key" else j - i)
    away, half = abs(i - j), 4  # eight buckets, two directions, two exact ones each
    if away < half // 2:
        place = away
    else:
        share = math.log(away / 2) / math.log(bias.max_distance / 2)
        place = min(half - 1, 2 + int(share * (half - 2)))
    return float(bias.table[head, place + (half if j > i else 0)])


def scores(one: LayerCapture, head: int, masked: bool = True) -> np.ndarray:
    found = np.zeros((COUNT, COUNT))
    seen = one.mask.allowed(slice(0, COUNT), slice(0, COUNT))
    for i in range(COUNT):
        for j in range(COUNT):
            value = float(one.q[head, i].astype(float) @ one.k[0, j]) * one.scaling
            value += added(one.bias, head, i, j)
            if one.softcap:
                value = one.softcap * math.tanh(value / one.softcap)
            found[i, j] = value if seen[i, j] or not masked else -math.inf
    return found


def test_masks_say_what_each_query_sees():
    for name, mask in MASKS.items():
        seen = mask.allowed(slice(0, COUNT), slice(0, COUNT))
        for i in range(COUNT):
            for j in range(COUNT):
                wanted = {
                    "causal": j <= i,
                    "full": True,
                    "prefix": j <= i or (i < 11 and j < 11),
                    "window": i - 9 < j <= i,
                    "padded": j >= 3,
                    "painted": bool(PAINTED[i, j]),
                }[name]
                assert seen[i, j] == wanted


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("mask", ["causal", "painted"])
def test_scores_and_weights_of_every_cell(mask, bias):
    one = made(mask, bias, softcap=3.0, sinks=np.array([0.2, -1.0], np.float32))
    for head in range(2):
        real = scores(one, head)
        ours = stage(one, head, "softcap", slice(None), slice(None))
        np.testing.assert_allclose(ours, real, atol=1e-5)
        weights = stage(one, head, "softmax", slice(None), slice(None))
        np.testing.assert_allclose(weights, np.exp(real - one.lse[head][:, None]), atol=1e-6)
        sink = np.exp(float(one.sinks[head]) - one.lse[head])
        np.testing.assert_allclose(weights.sum(axis=1) + sink, 1, atol=1e-5)


def test_content_is_what_rotation_started_from():
    one = made()
    plain = np.random.default_rng(3).standard_normal((2, COUNT, WIDTH)).astype(np.float32)
    at = one.rotation.positions
    q, k = (turned(part[None], one.rotation, at) for part in plain)
    one = LayerCapture(**{**one.__dict__, "q": np.concatenate([q, q]), "k": k})
    content = stage(one, 0, "content", slice(None), slice(None))
    np.testing.assert_allclose(content, plain[0] @ plain[1].T * one.scaling, atol=1e-5)
    rotated = stage(one, 0, "rotation", slice(None), slice(None))
    np.testing.assert_allclose(rotated, q[0] @ k[0].T * one.scaling, atol=1e-5)


@pytest.mark.parametrize("bias", BIASES)
def test_the_terms_of_a_cell_sum_to_its_score(bias):
    one = made("window", bias, softcap=2.0)
    real = scores(one, 1)
    for i, j in ((0, 0), (20, 15), (36, 36)):
        cell = explain(one, 1, i, j)
        assert sum(term.value for term in cell.terms) == pytest.approx(cell.score, abs=1e-12)
        assert cell.score == pytest.approx(real[i, j], abs=1e-5)
        weight = stage(one, 1, "softmax", slice(i, i + 1), slice(j, j + 1))[0, 0]
        assert cell.weight == pytest.approx(float(weight), rel=1e-5)
    hidden = explain(one, 1, 20, 30)
    assert hidden.terms[-1].name == "mask"
    assert hidden.score == -math.inf
    assert hidden.weight == 0


def test_only_stages_that_change_something_are_offered():
    assert stages_of(made()) == ("content", "rotation", "mask", "softmax")
    assert stages_of(made("full", "key", softcap=5.0)) == (
        "content", "rotation", "bias", "softcap", "softmax",
    )  # fmt: skip


def blocks(values: np.ndarray, step: int, pool: str) -> np.ndarray:
    side = -(-COUNT // step)
    out = np.empty((side, side))
    for r in range(side):
        for c in range(side):
            part = values[r * step : (r + 1) * step, c * step : (c + 1) * step]
            shown = part[np.isfinite(part)]
            if not len(shown):
                out[r, c] = -math.inf
            else:
                out[r, c] = shown.max() if pool == "max" else shown.mean()
    return out


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("mask", MASKS)
def test_overviews_are_the_means_of_their_cells(mask, bias):
    one = made(mask, bias)
    for level in (1, 3):
        bare = scores(one, 1, masked=False)
        ours = tile(one, 1, "bias", level, 0, 0)
        np.testing.assert_allclose(ours, blocks(bare, 1 << level, "mean"), atol=1e-4)
        ours = tile(one, 1, "mask", level, 0, 0)
        np.testing.assert_allclose(ours, blocks(scores(one, 1), 1 << level, "mean"), atol=1e-4)


@pytest.mark.parametrize("mask", ["causal", "window", "padded"])
def test_cut_blocks_too_large_to_compute_follow_from_running_sums(mask, monkeypatch):
    from engine.inspection import pyramid

    monkeypatch.setattr(pyramid, "BY_CELLS", 0)
    for bias in ("none", "key", "buckets"):
        one = made(mask, bias)
        ours = tile(one, 0, "mask", 3, 0, 0)
        np.testing.assert_allclose(ours, blocks(scores(one, 0), 8, "mean"), atol=1e-4)


@pytest.mark.parametrize("pool", ["mean", "max"])
def test_weights_are_pooled_and_tiles_fit_together(pool):
    one = made("causal", "key")
    weights = np.exp(scores(one, 0) - one.lse[0][:, None])
    whole = blocks(weights, 2, pool)
    put = np.zeros_like(whole)
    for r in range(3):
        for c in range(3):
            part = tile(one, 0, "softmax", 1, r, c, size=8, pool=pool, budget=None)
            put[r * 8 : r * 8 + part.shape[0], c * 8 : c * 8 + part.shape[1]] = part
    np.testing.assert_allclose(put, whole, atol=1e-6)
    assert tile(one, 0, "softmax", 1, 9, 0, size=8).size == 0
    top = tile(one, 0, "softcap", 2, 0, 0, pool="max")
    np.testing.assert_allclose(top, blocks(scores(one, 0), 4, "max"), atol=1e-5)


def test_a_budget_makes_an_estimate_that_says_so():
    one = made()
    assert levels(one, size=8) == 4
    assert is_exact(one, "softmax", 3, size=8)
    assert not is_exact(one, "softmax", 3, size=8, budget=500)
    assert is_exact(one, "mask", 3, size=8, budget=500)
    everything = slice(0, COUNT)
    guess = pooled(one, 0, "softmax", everything, everything, 8, "mean", budget=700)
    real = blocks(np.exp(scores(one, 0) - one.lse[0][:, None]), 8, "mean")
    assert guess.shape == real.shape
    assert not np.allclose(guess, real, atol=1e-7)
    assert np.abs(guess - real).max() < 0.2


def test_thumbnails_show_short_texts_whole_and_long_ones_pooled():
    one = made()
    capture = Capture((), (), (), (one,), 3, 2, None)
    weights = np.exp(scores(one, 1) - one.lse[1][:, None])
    small = thumbnails(capture, size=74)
    assert small.shape == (1, 2, 74, 74)
    np.testing.assert_allclose(small[0, 1, ::2, ::2], weights, atol=1e-6)
    edges = [p * COUNT // 10 for p in range(10)] + [COUNT]
    pooled_by_hand = [
        [weights[a:b, c:d].max() for c, d in itertools.pairwise(edges)]
        for a, b in itertools.pairwise(edges)
    ]
    np.testing.assert_allclose(thumbnails(capture, size=10)[0, 1], pooled_by_hand, atol=1e-6)
    with pytest.raises(BadSpec):
        thumbnails(capture, role="cross")


def test_colours_keep_zero_for_what_is_hidden():
    values = np.array([-np.inf, 0.0, 0.5, 1.0, 2.0], np.float32)
    assert quantised(values, 0.0, 1.0).tolist() == [0, 1, 128, 255, 255]
    logs = quantised(np.array([0.0, 0.01, 0.1, 1.0], np.float32), 0.01, 1.0, logarithmic=True)
    assert logs.tolist() == [0, 1, 128, 255]
    assert quantised(np.array([3.0], np.float32), 3.0, 3.0).tolist() == [1]


def test_what_does_not_exist_is_refused():
    one = made()
    with pytest.raises(BadSpec, match="no head 2 in layer 2: it has 2"):
        stage(one, 2, "softmax", slice(None), slice(None))
    with pytest.raises(BadSpec, match="no stage"):
        stage(one, 0, "logits", slice(None), slice(None))
    with pytest.raises(BadSpec, match="no cell"):
        explain(one, 0, 0, COUNT)
    assert STAGES == ("content", "rotation", "bias", "mask", "softcap", "softmax")
