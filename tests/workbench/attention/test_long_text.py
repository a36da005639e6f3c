"""A hundred thousand tokens: the page shows them tile by tile and stays quick."""

from __future__ import annotations

import numpy as np

from engine.evaluation.spec import Provenance
from engine.inspection.capture import Capture, LayerCapture, Mask
from tests.workbench.attention.conftest import RUN_MS
from workbench.plots.tiled_map import CellAt
from workbench.plots.tiles import levels_of
from workbench.widgets.signed_tint import plain_number

TOKENS = 100_000


def long_capture() -> Capture:
    random = np.random.default_rng(0)
    q, k = (random.normal(size=(2, TOKENS, 8)).astype(np.float32) for _ in range(2))
    lse = np.full((2, TOKENS), 8.0, np.float32)
    layer = LayerCapture("m", 0, "self", q, k, lse, 0.3, Mask("causal"))
    words = tuple(f"w{number % 997}" for number in range(TOKENS))
    provenance = Provenance("m", "", (), "cpu", "float32", "none", "sdpa", 1, 0, "", {})
    return Capture(words, tuple(n % 997 for n in range(TOKENS)), (), (layer,), 1, 2, provenance)


def test_a_long_text_is_drawn_level_by_level(driver, page):
    with driver.qtbot.waitSignal(page.atlas_model.pictures_changed, timeout=RUN_MS):
        page.model.looking.found.emit(long_capture())
    view = page.map.map
    page.model.set_stage("mask")
    driver.qtbot.waitUntil(lambda: len(view.tiles.cache) > 0, timeout=RUN_MS)
    assert view.tiles.shape == (TOKENS, TOKENS)
    assert 0 < view.tiles.level <= levels_of((TOKENS, TOKENS))
    # Into the last corner: full-size tiles, whose values are those of queries and keys.
    view.box.setRange(xRange=(99_900, 99_930), yRange=(99_950, 99_980), padding=0)
    tile = (0, 99_960 // 256, 99_910 // 256)
    driver.qtbot.waitUntil(
        lambda: view.grab() is not None and tile in view.tiles.cache, timeout=RUN_MS
    )
    layer, head = page.model.layer, page.model.head.head
    wanted = float(layer.q[head, 99_960] @ layer.k[head, 99_910]) * 0.3
    assert abs(view.tiles.value_at(99_960, 99_910) - wanted) < 1e-4
    driver.click(view.viewport(), view.cell_centre(99_960, 99_910))
    assert view.cell == CellAt(99_960, 99_910)
    assert dict(page.cell.lines())["= score"] == plain_number(wanted, 3)


def test_lines_and_masks_say_what_is_too_long(driver, page):
    with driver.qtbot.waitSignal(page.atlas_model.pictures_changed, timeout=RUN_MS):
        page.model.looking.found.emit(long_capture())
    driver.view("lines")
    assert "100000" in page.lines.hint.text()
    driver.view("mask")
    assert not page.mask.run.isEnabled()
    assert "1024" in page.mask.hint.text()
