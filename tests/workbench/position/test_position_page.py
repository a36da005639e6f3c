"""The page “Position” as a person uses it, on tiny models."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.inspection.positions.alibi import released_slopes
from engine.inspection.stages import stage
from engine.models.reference import LoadOptions, ModelRef
from tests.support.tiny_models import save_tiny
from tests.workbench.position.conftest import RUN_MS
from workbench.services.preferences import MOTION
from workbench.viewmodels.attention_case import AttentionCase
from workbench.viewmodels.position import TOPICS


def current(page):
    return page.stack.currentWidget()


def test_the_empty_page_offers_a_short_text(driver, page):
    assert current(page) is page.empty
    with driver.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.click(page.empty.button)
    assert page.subject.text.toPlainText().startswith("Tom has")
    driver.until(lambda: page.rotation.dials.faces)
    facts = page.subject.facts.text()
    assert "trained on 512 positions" in facts
    assert "pairs (i, i + 8)" in facts
    assert "16 of 16 dimensions turn" in facts
    assert page.subject.badge.isVisible()


def test_the_first_look_needs_no_typing_and_the_counter_no_look(driver, page):
    driver.topic("numbers")
    assert page.numbers.isVisible()
    driver.topic("rotation")
    assert current(page) is page.empty
    with driver.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.click(page.header.primary)
    assert page.note.report() is None
    assert len(page.model.capture.tokens) > 20


def test_the_dials_show_the_real_score(driver, page):
    """The sum over all pairs is the model's own score of that query and key."""
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    view.numbers.selectAll()
    driver.qtbot.keyClicks(view.numbers, "0 1 2 3 4 5 6 7\r")
    assert len(view.dials.faces) == 8
    layer = page.model.captured()
    last = layer.shape[0] - 1
    view.query.token.setValue(last)
    view.key.token.setValue(3)
    driver.until(lambda: not view._heads.busy)
    score = stage(layer, 0, "rotation", slice(last, last + 1), slice(3, 4))[0, 0]
    assert view.dials.total() * layer.scaling == pytest.approx(float(score), rel=1e-4)
    assert f"m − n = {last - 3}" in view.sum.text()


def test_keeping_the_distance_keeps_every_product(driver, page):
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    view.query.token.setValue(9)
    view.key.token.setValue(4)
    before = [face.product(view.dials.at) for face in view.dials.faces]
    driver.click(view.together)
    view.query.slider.setFocus()
    for _ in range(5):
        driver.qtbot.keyClick(view.query.slider, Qt.Key.Key_Right)
    assert view.dials.at == {"q": 14, "k": 9}
    after = [face.product(view.dials.at) for face in view.dials.faces]
    assert after == pytest.approx(before)
    driver.click(view.together)
    driver.qtbot.keyClick(view.query.slider, Qt.Key.Key_Right)
    moved = [face.product(view.dials.at) for face in view.dials.faces]
    assert moved != pytest.approx(after)


def test_playing_turns_the_dials_and_stops_when_the_part_is_left(driver, page, bench):
    bench.services.settings.set(MOTION, "on")
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    start = view.dials.at["q"]
    driver.click(view.play)
    assert view.is_playing()
    driver.until(lambda: view.dials.at["q"] != start)
    driver.topic("numbers")
    assert not view.is_playing()


def test_without_motion_play_is_a_step(driver, page, bench):
    bench.services.settings.set(MOTION, "off")
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    view.query.put(5)
    driver.click(view.play)
    assert not view.is_playing()
    assert view.query.value() == 6


def test_an_overlay_shows_the_same_vectors_under_a_preset(driver, page):
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    assert all(face.stretched is None for face in view.dials.faces)
    view.overlay.setFocus()
    driver.qtbot.keyClick(view.overlay, Qt.Key.Key_Down)
    faces = view.dials.faces
    assert [face.stretched for face in faces] == pytest.approx([face.theta / 4 for face in faces])
    driver.topic("stretch")
    page.stretch.slider.setFocus()
    driver.qtbot.keyClick(page.stretch.slider, Qt.Key.Key_Home)
    driver.topic("rotation")
    assert [face.stretched for face in view.dials.faces] == pytest.approx(
        [face.theta for face in faces]
    )


def test_the_identity_and_the_distances_are_measured(driver, page):
    driver.look()
    view = page.rotation
    driver.until(lambda: view.charts.identity.series() and view.charts.distance.series())
    closed, cells = view.charts.identity.series()
    by_lag = dict(zip(closed.x.tolist(), closed.y.tolist(), strict=True))
    wanted = [by_lag[lag] for lag in cells.x.tolist()]
    np.testing.assert_allclose(cells.y, wanted, atol=1e-4)
    assert "n = 9216" in view.charts.identity_card.note.text()
    layer = page.model.captured()
    scores = stage(layer, 0, "rotation", slice(0, None), slice(0, None))
    mean = next(one for one in view.charts.distance.series() if one.role == "series-1")
    for lag in (0, 3):
        at = int(np.flatnonzero(mean.x == lag)[0])
        assert mean.y[at] == pytest.approx(np.diagonal(scores, -lag).mean(), rel=1e-3)


def test_another_head_and_layer_are_other_vectors(driver, page):
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    first = view.dials.faces[0].q
    page.subject.head.setFocus()
    driver.qtbot.keyClick(page.subject.head, Qt.Key.Key_Up)
    driver.until(lambda: view.dials.faces[0].q != first)
    with driver.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.qtbot.keyClick(page.subject.layer, Qt.Key.Key_Up)
    assert page.model.captured().layer == 1


def test_the_preset_at_factor_one_is_the_model(driver, page):
    driver.look()
    driver.topic("stretch")
    view = page.stretch
    driver.until(lambda: view.shown() is not None)
    view.slider.setFocus()
    driver.qtbot.keyClick(view.slider, Qt.Key.Key_Home)
    driver.until(lambda: view.shown().factor == 1.0)
    layer = page.model.captured()
    weights = stage(layer, 0, "softmax", slice(0, None), slice(0, None))
    np.testing.assert_allclose(view.shown().values, weights, atol=1e-5)
    driver.until(lambda: view.swap.result is not None and view.swap.spec.factor == 1.0)
    assert view.swap.result.change.kl == pytest.approx(0.0, abs=1e-6)
    assert len(view.next.bars.bars) == 6


def test_a_preset_turns_the_map_and_then_asks_the_model(driver, page):
    driver.look()
    driver.topic("stretch")
    view = page.stretch
    driver.click(view.presets["ntk-exact"])
    driver.until(lambda: view.shown() is not None and view.shown().preset == "ntk-exact")
    layer = page.model.captured()
    ratio = layer.rotation.inv_freq[-1] / view.shown().inv_freq[-1]
    assert ratio == pytest.approx(view.factor())
    driver.until(lambda: view.swap.result is not None and view.swap.spec.rotation == "ntk-exact")
    assert view.swap.result.change.kl > 0
    np.testing.assert_allclose(view.swap.result.inv_freq, view.shown().inv_freq, rtol=1e-6)
    assert "ms" in view.map_card.note.text()
    driver.until(lambda: view.spectrum.series())
    assert not view.presets["longrope"].isEnabled()
    assert "LongRoPE" in view.presets["longrope"].toolTip()


def test_the_counter_shows_the_three_moves(driver, page, bench):
    bench.services.settings.set(MOTION, "off")
    driver.look()
    driver.topic("numbers")
    view = page.numbers
    for move, digits in (
        ("interpolate", (8, 7, 4.5)),
        ("radix", (10, 4, 7)),
        ("extrapolate", (1, 7, 4, 9)),
    ):
        driver.click(view.moves[move])
        assert view.odometer.values == digits
    assert "1750 → [1, 7, 5, 0]" in view.neighbours.text()
    by_name = {one.name: one.y for one in view.spacing.series()}
    assert by_name["Interpolate"] == pytest.approx(0.5)
    assert by_name["Extrapolate"] == pytest.approx(1.0)
    radix = by_name["Change the radix"]
    assert radix[0] == pytest.approx(1.0)
    assert np.all(np.diff(radix) < 0)
    view.number.setFocus()
    driver.qtbot.keyClick(view.number, Qt.Key.Key_Home)
    assert view.odometer.values == (0, 0, 0, 0)


def test_alibi_is_put_on_a_model_that_rotates(driver, page):
    driver.look()
    driver.topic("alibi")
    view = page.alibi
    matrix = view.triangle.matrix
    assert [float(v) for v in matrix.values[-1]] == [-6, -5, -4, -3, -2, -1, 0]
    assert "Put ALiBi on" in view.change.text()
    with driver.qtbot.waitSignal(view.swap.changed, timeout=RUN_MS):
        driver.click(view.change)
    result = view.swap.result
    np.testing.assert_allclose(result.slopes, released_slopes(4), rtol=1e-6)
    assert result.change.kl > 0
    assert "before: " in view.next.said.text()
    before = result.change.kl
    with driver.qtbot.waitSignal(view.swap.changed, timeout=RUN_MS):
        driver.click(view.unrotate)
    assert view.swap.spec.rotation == "remove"
    assert view.swap.result.change.kl != before


def test_alibi_is_taken_away_and_a_model_without_rotation_says_so(driver, page, bench, tiny):
    bench.services.model.choose(tiny["bloom"])
    driver.until(lambda: page.model.anatomy is not None)
    driver.look()
    assert current(page) is page.other
    assert "ALiBi" in page.other.sentence.text()
    driver.click(page.other.button)
    view = page.alibi
    assert page.topics["alibi"].isChecked()
    assert view.change.text() == "Take ALiBi away"
    own = next(one for one in view.slopes.series() if one.name == "in this model")
    np.testing.assert_allclose(own.y, released_slopes(4), rtol=1e-6)
    driver.until(lambda: view.added.series())
    bias = next(one for one in view.added.series() if one.name == "bias")
    np.testing.assert_allclose(bias.y, -own.y[0] * bias.x, rtol=1e-6)
    with driver.qtbot.waitSignal(view.swap.changed, timeout=RUN_MS):
        driver.click(view.change)
    assert view.swap.result.change.kl > 0


def test_a_learned_table_is_read_from_the_model(driver, page, bench, tiny):
    bench.services.model.choose(tiny["gpt2"])
    driver.until(lambda: page.model.anatomy is not None)
    driver.look()
    assert "learned vector per position" in page.other.sentence.text()
    driver.click(page.other.button)
    view = page.tables
    driver.until(lambda: view.sources["model"].isChecked())
    driver.until(lambda: "learned" in view.sentence.text())
    driver.click(view.sources["blocks"])
    driver.until(lambda: view.table.matrix.values.shape == (128, 64))
    first = view.table.matrix.values[:, 0]
    np.testing.assert_allclose(first, np.sin(np.arange(128)), atol=1e-6)


def test_buckets_say_that_the_model_does_not_use_them(driver, page):
    driver.look()
    driver.topic("buckets")
    view = page.buckets
    assert "does not use buckets" in view.sentence.text()
    (series,) = view.buckets.series()
    by_distance = dict(zip(series.x.tolist(), series.y.tolist(), strict=True))
    assert by_distance[0] == 0
    assert by_distance[-15] == 15  # exact up to half of the buckets
    assert by_distance[-128] == 31


def test_buckets_of_a_t5_are_its_own(driver, page, bench, tiny):
    bench.services.model.choose(tiny["t5"])
    driver.until(lambda: page.model.anatomy is not None)
    driver.look()
    assert "bucket of distance" in page.other.sentence.text()
    driver.click(page.other.button)
    view = page.buckets
    bias = page.model.captured().bias
    (series,) = view.bias.series()
    by_distance = dict(zip(series.x.tolist(), series.y.tolist(), strict=True))
    assert by_distance[0] == pytest.approx(float(bias.table[0, 0]))
    assert view.heads.matrix.values.shape[0] == len(bias.table)
    driver.topic("alibi")
    with driver.qtbot.waitSignal(page.alibi.swap.changed, timeout=RUN_MS):
        driver.click(page.alibi.change)
    assert page.alibi.next.error.report() is not None or page.alibi.swap.result is not None


def test_an_empty_text_is_told_and_nothing_breaks(driver, page):
    page.subject.text.clear()
    driver.click(page.header.primary)
    assert "no text" in page.note.message.text()
    driver.look("a")
    driver.until(lambda: page.rotation.dials.faces)


def test_text_and_topic_come_back(page, driver):
    driver.look()
    driver.topic("numbers")
    state = page.save_state()
    page.subject.set_text("")
    driver.topic("rotation")
    page.restore_state(state)
    assert page.subject.text.toPlainText() == state["text"]
    assert page.topics["numbers"].isChecked()


def test_every_part_is_written_in_the_other_language(driver, page, bench):
    driver.look()
    driver.until(lambda: page.rotation.dials.faces)
    for topic in TOPICS:
        driver.topic(topic)
    bench.services.i18n.set_language("zh_CN")
    for topic in TOPICS:
        driver.topic(topic)
        assert not page.topics[topic].text().isascii() or topic == "alibi"
    assert "所示各对" in page.rotation.sum.text()
    assert page.rotation.dials.faces[0].title == "第 0 对"
    assert "之前与之后" in page.stretch.next.heading.text()


def test_the_rotation_is_saved_as_a_moving_picture(driver, page, tmp_path):
    driver.look()
    view = page.rotation
    driver.until(lambda: view.dials.faces)
    target = tmp_path / "turning.gif"
    view.dials_card.menu.save(".gif", str(target))
    driver.until(target.exists)
    assert target.read_bytes().startswith(b"GIF89a")
    table = tmp_path / "dials.csv"
    view.dials_card.menu.save("csv", str(table))
    driver.until(table.exists)
    assert len(table.read_text("utf-8").splitlines()) == 1 + len(view.dials.faces)


def test_an_answer_of_another_page_is_read_token_by_token(driver, page, bench, tiny):
    driver.look()
    before = page.model.capture.ids
    ids = (*before, *before)
    given = AttentionCase(
        tiny["bloom"], "an answer", ids, since=len(before), origin="answer", title="few-shot"
    )
    bench.services.desk.lay("position", given)
    driver.qtbot.waitUntil(
        lambda: page.model.capture is not None and page.model.capture.ids == ids, timeout=RUN_MS
    )
    assert page.model.ref == tiny["bloom"]
    assert page.subject.text.toPlainText() == "an answer"
    assert "few-shot" in page.subject.about.text()
    page.entered()
    assert page.model.ref == tiny["bloom"], "an answer stays with the model that gave it"
    assert page.save_state()["text"] == ""
    driver.qtbot.keyClicks(page.subject.text, "x")
    assert page.model.given is None
    assert not page.subject.about.isVisible()


def test_map_bars_and_text_are_for_the_same_length(driver, page, bench, tmp_path):
    folder = tmp_path / "stretched"
    save_tiny("llama", folder)
    config = json.loads((folder / "config.json").read_text())
    config["max_position_embeddings"] = 256
    config["rope_parameters"] = {
        "rope_type": "longrope", "rope_theta": 10000.0, "factor": 4.0,
        "original_max_position_embeddings": 64,
        "short_factor": [1.0] * 8, "long_factor": [1.0 + n for n in range(8)],
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    bench.services.model.choose(ModelRef(str(folder), options=LoadOptions(dtype="float32")))
    driver.look()
    driver.click(page.topics["stretch"])
    view = page.stretch
    driver.click(view.presets["longrope"])
    driver.until(
        lambda: (
            view.swap.result is not None
            and view.swap.spec.rotation == "longrope"
            and view.shown().preset == "longrope"
        )
    )
    assert page.model.trained == 64
    assert view.swap.spec.length == round(64 * view.factor())
    assert str(view.swap.spec.length) in view.factor_text.text()
    np.testing.assert_allclose(view.swap.result.inv_freq, view.shown().inv_freq, rtol=1e-6)
