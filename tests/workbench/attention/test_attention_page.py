"""The page “Attention” as a person uses it, on tiny models."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from engine.inspection.stages import stage
from tests.workbench.attention.conftest import RUN_MS, TEXT
from workbench.plots.tiled_map import CellAt
from workbench.viewmodels.attention_heads import HeadAt
from workbench.widgets.signed_tint import plain_number, signed


def whole(layer, head, name="softmax"):
    queries, keys = layer.shape
    return stage(layer, head, name, slice(0, queries), slice(0, keys))


def test_a_text_is_looked_at_and_every_head_is_there(driver, page):
    assert page.outer.currentWidget() is page.empty
    driver.look()
    capture = page.model.capture
    assert page.outer.currentWidget() is not page.empty
    assert "".join(capture.tokens).replace("Ġ", " ").count("one") == 3
    assert page.atlas.atlas.order == tuple(HeadAt(i, j) for i in range(2) for j in range(4))
    assert "✓ verified" in page.cell.badge.text()
    assert f"{len(capture.tokens)} tokens" in page.source.about.text()
    # One image for all heads, and the bars are the model's own distribution.
    shown = page.atlas.atlas.image.image
    assert shown.shape[0] >= 2 * 64
    assert shown.shape[1] >= 4 * 64
    result = page.ablation.result
    shares = [bar.share for bar in page.bars.bars.bars]
    assert shares == sorted((one.after for one in result.change.tokens), reverse=True)[:5]


def test_clicks_and_arrow_keys_choose_heads(driver, page):
    driver.look()
    atlas = page.atlas.atlas
    driver.click(atlas.viewport(), atlas.centre_of(HeadAt(1, 2)))
    assert page.model.head == HeadAt(1, 2)
    assert page.map.title.text().startswith("L1·H2")
    driver.qtbot.keyClick(atlas, Qt.Key.Key_Up)
    assert page.model.head == HeadAt(0, 2)
    driver.qtbot.keyClick(atlas, Qt.Key.Key_Left)
    assert page.model.head == HeadAt(0, 1)
    assert atlas.marks.current == HeadAt(0, 1)


def test_a_cell_is_spelled_out_and_adds_up(driver, page):
    driver.look()
    view = page.map.map
    driver.qtbot.mouseMove(view.viewport(), view.cell_centre(5, 2))
    assert view.cell == CellAt(5, 2)
    layer, head = page.model.layer, page.model.head
    lines = dict(page.cell.lines())
    content = float(whole(layer, head.head, "content")[5, 2])
    turned = float(whole(layer, head.head, "rotation")[5, 2])
    assert lines["q·k"] == signed(content, 3)
    assert lines["rotation"] == signed(turned - content, 3)
    assert lines["= score"] == plain_number(turned, 3)
    assert lines["weight = e^"] == plain_number(float(whole(layer, head.head)[5, 2]), 4)
    # A hidden cell says so.
    driver.qtbot.mouseMove(view.viewport(), view.cell_centre(2, 9))
    lines = dict(page.cell.lines())
    assert lines["mask"] == "−∞"
    assert lines["weight = e^"] == "0.0000"


def test_stages_step_by_click_and_by_key(driver, page, bench):
    driver.look()
    offered = [name for name, chip in page.map.stages.items() if chip.isVisible()]
    assert offered == ["content", "rotation", "mask", "softmax"]  # no bias, no soft-cap in LLaMA
    driver.click(page.map.stages["content"])
    assert page.model.stage == "content"
    bench.services.actions.trigger("attention.next")
    assert page.model.stage == "rotation"
    assert page.map.stages["rotation"].isChecked()
    with driver.qtbot.waitSignal(page.map.colours_changed, timeout=RUN_MS):
        bench.services.actions.trigger("attention.next")
    values = whole(page.model.layer, page.model.head.head, "mask")
    finite = values[np.isfinite(values)]
    assert page.map.map.tiles.scale.high == pytest.approx(float(finite.max()), rel=1e-5)


def test_chosen_tokens_are_summed(driver, page):
    driver.look()
    view = page.map.map
    for row in (3, 6):
        at = view.mapFromScene(view.left.position_of(row))
        with driver.qtbot.waitSignal(page.map.profiles_changed, timeout=RUN_MS):
            driver.click(view.viewport(), at)
    driver.qtbot.waitUntil(
        lambda: view.bottom_profile.caption == "sum of 2 queries", timeout=RUN_MS
    )
    weights = whole(page.model.layer, page.model.head.head)
    assert view.bottom_profile.values == pytest.approx(weights[3] + weights[6], abs=1e-6)
    assert view.rows == frozenset({3, 6})


def test_delete_takes_a_head_out_and_undo_puts_it_back(driver, page):
    driver.look()
    plain = page.ablation.result.change.tokens
    atlas = page.atlas.atlas
    driver.click(atlas.viewport(), atlas.centre_of(HeadAt(0, 3)))
    with driver.qtbot.waitSignal(page.ablation.result_changed, timeout=RUN_MS):
        driver.qtbot.keyClick(atlas, Qt.Key.Key_Delete)
    assert atlas.marks.ablated == {HeadAt(0, 3)}
    result = page.ablation.result
    assert result.change.kl > 0
    assert "without L0·H3" in page.bars.story.text()
    first = page.bars.bars.bars[0]
    assert first.before == pytest.approx(plain[0].after, abs=1e-6)
    assert first.share != first.before
    with driver.qtbot.waitSignal(page.ablation.result_changed, timeout=RUN_MS):
        page.undo_stack().undo()
    assert atlas.marks.ablated == frozenset()
    assert page.ablation.result.change.kl == pytest.approx(0.0, abs=1e-6)


def test_every_head_is_measured_and_the_ranking_saved(driver, page, tmp_path):
    from engine.inspection.ranking import load_ranking

    driver.look()
    with driver.qtbot.waitSignal(page.ablation.sweep.ended, timeout=RUN_MS):
        driver.click(page.bars.sweep)
    importance = page.atlas_model.importance
    assert set(importance) == set(page.model.heads)
    driver.click(page.atlas.importance)
    assert {head for head, _ in page.atlas.atlas.marks.tints} == set(importance)
    page.atlas.sort.setCurrentIndex(page.atlas.sort.findData("importance"))
    page.atlas.sort.activated.emit(page.atlas.sort.currentIndex())
    values = [importance[head] for head in page.atlas.atlas.order]
    assert values == sorted(values, reverse=True)
    target = tmp_path / "ranking.json"
    with driver.qtbot.waitSignal(page.services.notify.posted, timeout=RUN_MS):
        page.bars.save_ranking(str(target))
    assert len(load_ranking(target).scores) == 8


def test_heads_are_searched_by_name_and_pattern(driver, page):
    driver.look()
    driver.qtbot.keyClicks(page.atlas.find, "L1")
    assert page.atlas.atlas.marks.faded == {HeadAt(0, head) for head in range(4)}
    page.atlas.find.clear()
    assert page.atlas.atlas.marks.faded == frozenset()


def test_lines_show_the_weights_of_a_token(driver, page):
    driver.look()
    driver.view("lines")
    lines = page.lines.lines
    driver.qtbot.waitUntil(lambda: len(lines._weights) == 4, timeout=RUN_MS)
    driver.qtbot.mouseMove(lines, lines.centre_of("row", 7).toPoint())
    weights = whole(page.model.layer, page.model.head.head)
    drawn = {(i, j): weight for _, i, j, weight in lines.lines()}
    assert {i for i, _ in drawn} == {7}
    wanted = {(7, int(j)) for j in np.flatnonzero(weights[7] >= 0.03)}
    assert set(drawn) == wanted
    for (i, j), weight in drawn.items():
        assert weight == pytest.approx(float(weights[i, j]), abs=1e-6)


def test_the_lens_ends_with_what_the_model_says(driver, page):
    driver.look()
    with driver.qtbot.waitSignal(page.lens_model.changed, timeout=RUN_MS):
        driver.view("lens")
    result = page.lens_model.result
    likeliest = page.ablation.result.change.tokens[0]
    assert int(result.rows[-1].top_ids[-1, 0]) == likeliest.id
    assert page.lens.grid.cell == (len(result.rows) - 1, len(result.tokens) - 1)
    driver.qtbot.keyClick(page.lens.grid, Qt.Key.Key_Down)
    assert page.lens.grid.cell == (len(result.rows) - 2, len(result.tokens) - 1)
    assert "L0" in page.lens.told.text()


def test_a_painted_mask_changes_the_output(driver, page):
    driver.look()
    driver.view("mask")
    view = page.mask.map
    last = len(page.model.capture.tokens) - 1
    start, end = view.cell_centre(last, 1), view.cell_centre(last, 6)
    driver.qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for column in range(2, 7):
        driver.qtbot.mouseMove(view.viewport(), view.cell_centre(last, column))
    driver.qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    hidden = {
        (row, column)
        for stroke in page.mask_model.choice.strokes
        for row in range(*stroke.rows)
        for column in range(*stroke.cols)
    }
    assert hidden == {(last, column) for column in range(1, 7)}
    with driver.qtbot.waitSignal(page.mask_model.result_changed, timeout=RUN_MS):
        driver.click(page.mask.run)
    result = page.mask_model.result
    assert not result.seen[last, 1:7].any()
    assert result.change.kl > 0
    assert len(page.mask.bars.bars) == 5
    page.undo_stack().undo()
    assert page.mask_model.choice.own


def test_two_states_are_compared_head_by_head(driver, page, tiny_ref, tmp_path):
    from dataclasses import replace

    from tests.support.tiny_models import save_tiny

    other = replace(tiny_ref, id=str(save_tiny("llama", tmp_path / "other", seed=1)))
    driver.look()
    driver.view("states")
    page.states_model.ask(other)
    driver.qtbot.waitUntil(lambda: page.states_model.result is not None, timeout=RUN_MS)
    pair = page.states_model.result
    head = page.states._head
    found = pair.divergences
    assert found.values[head.layer, head.head] == found.values.max()
    view = page.states.difference
    driver.qtbot.waitUntil(lambda: view.tiles.shape[0] > 0, timeout=RUN_MS)
    view.hovered.emit(CellAt(5, 2))
    first = whole(pair.first.layers[head.layer], head.head)[5, 2]
    second = whole(pair.second.layers[head.layer], head.head)[5, 2]
    assert signed(float(second - first), 4) in page.states.read_out.text()


def test_an_encoder_decoder_offers_its_three_attentions(driver, page, bench, tiny_t5):
    bench.services.model.choose(tiny_t5)
    driver.look("abc")
    assert {role for role, chip in page.roles.items() if chip.isVisible()} == {
        "encoder", "self", "cross",
    }  # fmt: skip
    driver.click(page.roles["cross"])
    layer = page.model.layer
    assert layer.role == "cross"
    assert layer.shape == (len(page.model.row_tokens()), len(page.model.column_tokens()))
    assert page.map.map.tiles.shape == layer.shape


def test_one_token_and_an_empty_text_do_no_harm(driver, page):
    driver.look("a")
    assert page.map.map.tiles.shape == page.model.layer.shape
    assert dict(page.cell.lines())["weight = e^"] == "1.0000"
    driver.type_text(" ")
    page.source.text.clear()
    driver.click(page.header.primary)
    assert page.note.isVisible()
    assert "no text" in page.note.message.text()


def test_a_compare_column_opens_here_with_its_tokens(driver, page, bench):
    compare = bench.window.show_page("compare")
    with driver.qtbot.waitSignal(compare.model.finished, timeout=RUN_MS):
        driver.click(compare.header.primary)
    column = next(one for one in compare.model.columns if one.result is not None)
    compare.columns.inside_wanted.emit(column.uid)
    driver.qtbot.waitUntil(lambda: page.ablation.result is not None, timeout=RUN_MS)
    assert bench.window.current_page() is page
    assert page.model.capture.ids[: len(column.result.prompt_ids)] == column.result.prompt_ids


def test_a_wheel_zooms_and_a_double_click_shows_all(driver, page):
    driver.look(TEXT * 4)
    view = page.map.map
    wide = view.box.viewRange()[0]
    view.setFocus()
    driver.qtbot.mouseMove(view.viewport(), view.cell_centre(10, 5))
    driver.qtbot.keyClick(view, Qt.Key.Key_Plus)
    near = view.box.viewRange()[0]
    assert near[1] - near[0] < wide[1] - wide[0]
    driver.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton)
    assert view.box.viewRange()[0] == pytest.approx(wide)
    assert view.cell_at(QPointF(view.cell_centre(7, 3))) == CellAt(7, 3)
