"""Every figure of a head against loops written out here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.inspection.capture import Alibi, LayerCapture, Mask
from engine.inspection.fingerprints import MEASURES, fingerprint
from engine.inspection.fingerprints.local import WINDOW

IDS = (5, 6, 7, 5, 6, 8, 9, 5, 7, 7, 6, 5, 8)
COUNT = len(IDS)


def layer(mask: Mask | None = None, seed: int = 0, slopes=None) -> LayerCapture:
    draws = np.random.default_rng(seed)
    q, k = (draws.standard_normal((2, COUNT, 4)).astype(np.float32) for _ in range(2))
    bias = None if slopes is None else Alibi(np.array(slopes), "distance")
    if slopes is not None:
        q[:] = 0
    mask = mask or Mask("causal")
    scores = truth(q, k, mask, slopes)
    top = scores.max(axis=2, keepdims=True)
    lse = (top + np.log(np.exp(scores - top).sum(axis=2, keepdims=True)))[:, :, 0]
    return LayerCapture("h.3.attn", 3, "self", q, k, lse, 0.5, mask, bias=bias)


def truth(q, k, mask: Mask, slopes) -> np.ndarray:
    scores = np.full((2, COUNT, COUNT), -np.inf)
    for h in range(2):
        for i in range(COUNT):
            for j in range(COUNT):
                if mask.kind == "causal" and j > i:
                    continue
                scores[h, i, j] = 0.5 * float(q[h, i].astype(float) @ k[h, j])
                if slopes is not None:
                    scores[h, i, j] -= slopes[h] * (i - j)
    return scores


def figures(one: LayerCapture, head: int = 1) -> tuple[dict[str, float | None], np.ndarray]:
    scores = truth(one.q, one.k, one.mask, None)[head]
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return {name: fingerprint(one, IDS)[head].value(name) for name in MEASURES}, weights / (
        weights.sum(axis=1, keepdims=True)
    )


@pytest.mark.parametrize("kind", ["causal", "full"])
def test_masses_entropy_and_distance(kind):
    found, p = figures(layer(Mask(kind)))
    pairs = [(i, j) for i in range(COUNT) for j in range(COUNT)]
    assert found["entropy"] == pytest.approx(
        -sum(p[i, j] * math.log(p[i, j]) for i, j in pairs if p[i, j] > 0) / COUNT, rel=1e-5
    )
    assert found["sink"] == pytest.approx(np.mean([p[i, 0] for i in range(1, COUNT)]), rel=1e-5)
    assert found["distance"] == pytest.approx(
        sum(p[i, j] * abs(i - j) for i, j in pairs) / COUNT, rel=1e-5
    )
    assert found["previous"] == pytest.approx(
        np.mean([p[i, i - 1] for i in range(1, COUNT)]), rel=1e-5
    )


def test_copies_and_what_followed_them():
    found, p = figures(layer())
    copies = {i: [j for j in range(i) if IDS[j] == IDS[i]] for i in range(COUNT)}
    copies = {i: places for i, places in copies.items() if places}
    assert found["duplicate"] == pytest.approx(
        np.mean([sum(p[i, j] for j in places) for i, places in copies.items()]), rel=1e-5
    )
    assert found["induction"] == pytest.approx(
        np.mean([sum(p[i, j + 1] for j in places) for i, places in copies.items()]), rel=1e-5
    )


def test_local_mass_counts_only_queries_that_could_look_farther():
    found, p = figures(layer())
    rows = range(WINDOW, COUNT)
    assert found["local"] == pytest.approx(
        np.mean([p[i, i - WINDOW + 1 : i + 1].sum() for i in rows]), rel=1e-5
    )


def test_slopes_of_a_pure_alibi_head_come_back_and_position_explains_all():
    for one, slope in zip(
        fingerprint(layer(slopes=(0.5, 0.0625)), IDS), (0.5, 0.0625), strict=True
    ):
        assert one.slope == pytest.approx(slope, rel=1e-5)
        assert one.position_fit == pytest.approx(1.0, abs=1e-6)


def test_position_fit_equals_least_squares_with_a_level_per_query():
    one = layer(seed=3)
    scores = truth(one.q, one.k, one.mask, None)[0]
    cells = [(i, j) for i in range(COUNT) for j in range(i + 1)]
    design = np.zeros((len(cells), 2 * COUNT))
    for at, (i, j) in enumerate(cells):
        design[at, i] = design[at, COUNT + i - j] = 1
    values = np.array([scores[cell] for cell in cells])
    fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    levels = np.array([np.mean([scores[i, j] for j in range(i + 1)]) for i in range(COUNT)])
    centred = values - np.array([levels[i] for i, _ in cells])
    free = len(cells) - COUNT
    rank = np.linalg.matrix_rank(design) - COUNT
    adjusted = 1 - (((values - fitted) ** 2).sum() / (free - rank)) / ((centred**2).sum() / free)
    found = fingerprint(one, IDS)[0].position_fit
    assert found == pytest.approx(max(0.0, adjusted), abs=1e-5)
    assert adjusted > 0.01 or found == 0


def test_figures_without_a_meaning_are_none():
    short = LayerCapture(
        "h.0.attn", 0, "self", np.ones((1, 1, 2), np.float32), np.ones((1, 1, 2), np.float32),
        np.full((1, 1), 1.0), 0.5, Mask("causal"),
    )  # fmt: skip
    one = fingerprint(short, (4,))[0]
    assert one.entropy == pytest.approx(0.0)
    assert one.distance == 0.0
    names = ("sink", "previous", "duplicate", "induction", "local", "position_fit", "slope")
    assert all(one.value(name) is None for name in names)
    crossed = LayerCapture(
        "c", 0, "cross", short.q, np.ones((1, 3, 2), np.float32),
        np.full((1, 1), 1.0 + math.log(3)), 0.5, Mask("full"),
    )  # fmt: skip
    cross = fingerprint(crossed, (4,))[0]
    assert cross.sink == pytest.approx(1 / 3)
    assert cross.entropy == pytest.approx(math.log(3))
    assert cross.distance is None
    assert cross.slope is None
