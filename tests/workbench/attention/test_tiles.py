"""Tiles, levels, masks and ranges of large maps, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from engine.inspection.capture import LayerCapture, Mask
from engine.inspection.stages import stage
from workbench.plots.colour_maps import Scale
from workbench.plots.tiles import SIZE, TileCache, TileItem, level_for, levels_of, picture
from workbench.plots.token_axis import shown_token, step_for
from workbench.viewmodels.attention_tiles import (
    TileData,
    difference_tile,
    head_tile,
    hidden,
    matrix_tile,
    summed_columns,
    summed_rows,
    value_range,
)


def layer_of(tokens: int, mask: Mask | None = None, seed: int = 0) -> LayerCapture:
    random = np.random.default_rng(seed)
    q, k = (random.normal(size=(1, tokens, 8)).astype(np.float32) for _ in range(2))
    mask = mask or Mask("causal")
    scores = (q[0] @ k[0].T) * 0.5
    whole = slice(0, tokens)
    scores[~mask.allowed(whole, whole)] = -np.inf
    top = scores.max(axis=1)
    lse = (top + np.log(np.exp(scores - top[:, None]).sum(axis=1)))[None].astype(np.float32)
    return LayerCapture("m", 0, "self", q, k, lse, 0.5, mask)


def test_levels_hold_one_value_per_pixel():
    assert levels_of((256, 256)) == 0
    assert levels_of((257, 10)) == 1
    assert levels_of((100_000, 100_000)) == 9  # 256 · 2^9 ≥ 100,000 > 256 · 2^8
    shape = (100_000, 100_000)
    for pixels in (4.0, 1.0, 0.6, 0.5, 0.3, 0.01):
        level = level_for(shape, pixels)
        assert pixels * 2**level >= 1.0 or level == levels_of(shape)
        if level:
            assert pixels * 2 ** (level - 1) < 1.0


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize(
    "mask",
    [
        Mask("causal"),
        Mask("prefix", prefix=300),
        Mask("window", window=40),
        Mask("full"),
        Mask("causal", visible=np.arange(700) % 5 > 0),
        Mask(painted=np.random.default_rng(1).random((700, 700)) > 0.999),
    ],
    ids=["causal", "prefix", "window", "full", "padding", "painted"],
)
def test_a_pixel_is_masked_when_all_its_cells_are(mask, level):
    shape, step = (700, 700), 1 << level
    seen = mask.allowed(slice(0, 700), slice(0, 700))
    blocks = -(-700 // (SIZE * step))
    for row in range(blocks):
        for column in range(blocks):
            found = hidden(mask, shape, level, row, column)
            part = seen[
                row * SIZE * step : (row + 1) * SIZE * step,
                column * SIZE * step : (column + 1) * SIZE * step,
            ]
            for y in range(0, found.shape[0], 17):
                for x in range(0, found.shape[1], 13):
                    cells = part[y * step : (y + 1) * step, x * step : (x + 1) * step]
                    assert found[y, x] == (not cells.any())


def test_tiles_are_the_values_of_the_stage():
    layer = layer_of(300)
    whole = slice(0, 300)
    weights = stage(layer, 0, "softmax", whole, whole)
    tile = head_tile(layer, 0, "softmax", 0, 1, 0)
    assert tile.values == pytest.approx(weights[256:, :256], abs=1e-7)
    assert not tile.masked[:, :44].any()
    corner = head_tile(layer, 0, "mask", 0, 0, 1)
    assert corner.masked.all()  # keys after every query of these rows
    assert np.isfinite(corner.values).all()
    pooled = head_tile(layer, 0, "softmax", 1, 0, 0)
    assert pooled.values[149, 100] == pytest.approx(weights[298:300, 200:202].max(), abs=1e-7)


def test_differences_are_second_minus_first():
    first, second = layer_of(20, seed=1), layer_of(20, seed=2)
    whole = slice(0, 20)
    tile = difference_tile((first, 0), (second, 0), "softmax", 0, 0, 0)
    wanted = stage(second, 0, "softmax", whole, whole) - stage(first, 0, "softmax", whole, whole)
    assert tile.values == pytest.approx(wanted, abs=1e-7)
    assert (tile.masked == np.triu(np.ones((20, 20), bool), 1)).all()


def test_a_coarse_difference_is_the_mean_of_differences():
    first, second = layer_of(300, seed=1), layer_of(300, seed=2)
    coarse = difference_tile((first, 0), (second, 0), "softmax", 1, 0, 0)
    whole = slice(0, 300)
    apart = stage(second, 0, "softmax", whole, whole) - stage(first, 0, "softmax", whole, whole)
    wanted = apart.reshape(150, 2, 150, 2).mean((1, 3))
    below = np.tril(np.ones((150, 150), bool), -1)  # pixels whose four cells are all visible
    assert coarse.values[below] == pytest.approx(wanted[below], abs=1e-6)


def test_sums_and_ranges():
    layer = layer_of(50)
    whole = slice(0, 50)
    scores = stage(layer, 0, "mask", whole, whole)
    low, high = value_range(layer, 0, "mask")
    finite = scores[np.isfinite(scores)]
    assert (low, high) == pytest.approx((finite.min(), finite.max()))
    assert value_range(layer, 0, "softmax")[0] == 0.0
    weights = stage(layer, 0, "softmax", whole, whole)
    assert summed_rows(layer, 0, "softmax", (3, 9)) == pytest.approx(weights[3] + weights[9])
    columns = summed_columns(layer, 0, "softmax", (0, 1))
    assert columns == pytest.approx(weights[:, 0] + weights[:, 1])
    assert np.isfinite(summed_rows(layer, 0, "mask", (0,))).all()


def test_one_token_has_a_map():
    layer = layer_of(1)
    assert head_tile(layer, 0, "softmax", 0, 0, 0).values == pytest.approx(np.ones((1, 1)))
    assert value_range(layer, 0, "content")[0] == value_range(layer, 0, "content")[1]


def test_the_cache_forgets_what_was_not_used():
    one = TileData(np.zeros((64, 64), np.float32), np.zeros((64, 64), bool))
    cache = TileCache(most=3 * one.nbytes)
    scale = Scale(0.0, 1.0)
    for number in range(3):
        cache.put((0, 0, number), one)
    cache.image((0, 0, 0), scale)  # used: the next to go is number 1
    cache.put((0, 0, 3), one)
    assert (0, 0, 1) not in cache
    assert all((0, 0, number) in cache for number in (0, 2, 3))
    assert cache.nbytes == 3 * one.nbytes


def test_another_scale_draws_the_same_values_anew(qapp):
    values = np.array([[0.0, 0.5], [1.0, 0.25]], np.float32)
    data = TileData(values, np.array([[False, False], [False, True]]))
    plain, wide = picture(data, Scale(0.0, 1.0)), picture(data, Scale(0.0, 2.0))
    assert plain.pixelIndex(0, 1) == 255
    assert wide.pixelIndex(0, 1) == 128
    assert plain.pixelIndex(1, 1) == 0  # masked
    assert (plain.pixel(1, 1) >> 24) & 0xFF == 0  # and transparent


def test_matrices_at_hand_have_tiles_too():
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    values[0, 0] = np.nan
    tile = matrix_tile(values, 0, 0, 0)
    assert tile.masked.tolist() == [[True, False, False], [False] * 3]
    assert tile.values[1].tolist() == [3.0, 4.0, 5.0]


def test_labels_thin_out_and_show_what_cannot_be_seen():
    assert step_for(20.0, 15.0) == 1
    assert step_for(10.0, 15.0) == 2
    assert step_for(0.01, 15.0) == 2000
    assert shown_token(" the") == "·the"
    assert shown_token("\n") == "⏎"
    assert shown_token("a b") == "a·b"


def test_a_tile_that_failed_is_asked_for_again(qapp):
    asked, failing = [], [True]

    def source(*key):
        if failing[0]:
            raise ValueError("no tile")
        return matrix_tile(np.ones((4, 4), np.float32), *key)

    def run(work, done, failed):
        asked.append((work, done, failed))

    item = TileItem(run, None)
    item.show_source(source, (4, 4))
    item._ask([(0, 0, 0)])
    work, _, failed = asked.pop()
    with pytest.raises(ValueError, match="no tile") as error:
        work()
    with pytest.raises(ValueError, match="no tile"):
        failed(error.value)
    assert not item.waiting
    failing[0] = False
    item._ask([(0, 0, 0)])
    work, done, _ = asked.pop()
    done(work())
    assert (0, 0, 0) in item.cache
    assert not item.waiting
