"""The page “Pruning” as a person uses it, on a tiny model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from engine.pruning.presets import presets
from engine.pruning.recipe import Recipe
from tests.workbench.pruning.conftest import RUN_MS, Driver
from workbench.services.numbers import file_size
from workbench.viewmodels.pruning_live import Wish
from workbench.viewmodels.pruning_prompts import PromptsChoice
from workbench.viewmodels.pruning_structured import StructuredChoice
from workbench.viewmodels.pruning_sweep import SweepChoice
from workbench.views.pruning.replace_dialog import ReplaceDialog
from workbench.views.pruning.words import perplexity


def test_the_slider_cuts_a_copy_and_zero_restores_it(driver: Driver) -> None:
    live, page = driver.live, driver.page
    assert live.state is not None
    widths = {name: 128 if "down" in name else 64 for name in live.state.names}
    driver.at_rest(lambda: driver.type_in("prune-ratio-figure", "40"))
    for name, ratio in zip(live.state.names, live.state.ratios, strict=True):
        # Wanda compares within a row: of every row the same whole number of weights goes
        assert ratio == int(0.4 * widths[name]) / widths[name]
    before, now = live.losses
    assert now != before
    assert perplexity(now) in page.weights.ratio.verdict.text()
    counted = f"{now.windows} windows of at most 48 tokens, {now.tokens} scored"
    assert counted in page.weights.ratio.where.text()
    driver.at_rest(lambda: driver.slide("prune-ratio", Qt.Key.Key_Home))
    assert live.state.ratio == 0
    assert live.losses == (before, before)
    assert page.weights.change.cells["perplexity", "expected"].text() == perplexity(before)


def test_a_set_layer_is_made_up_for_and_undo_is_exact(driver: Driver) -> None:
    live = driver.live
    whole = live.state.ratios.copy()
    first = live.losses
    driver.at_rest(lambda: driver.type_in("layer-0-figure", "20"))
    rows = {row.layer: row for row in live.rows()}
    assert rows[0].ratio == pytest.approx(0.2, abs=0.02)
    assert rows[0].fixed
    assert rows[1].ratio > whole.mean() + 0.2  # the other one takes what the first gave up
    total = sum(row.ratio * row.weights for row in rows.values())
    assert total / sum(row.weights for row in rows.values()) == pytest.approx(0.5, abs=0.02)
    assert driver.page.weights.rows.row(0).slider.value() == round(1000 * rows[0].ratio)
    driver.at_rest(live.undo_stack.undo)
    assert np.array_equal(live.state.ratios, whole)
    assert live.losses == first
    driver.at_rest(live.undo_stack.redo)
    assert live.rows()[0].fixed
    free = driver.find(QToolButton, "layer-0-free")
    driver.at_rest(lambda: driver.click(free))
    assert np.array_equal(live.state.ratios, whole)
    # where nobody is left to make up for it, the handles stand as they were put, and it is said
    driver.at_rest(lambda: driver.type_in("layer-0-figure", "10"))
    with driver.qtbot.waitSignal(live.refused, timeout=RUN_MS):
        driver.type_in("layer-1-figure", "20")
    assert [row.ratio for row in live.rows()] == [0.1, 0.2]
    assert driver.page.weights.rows.row(1).figure.value() == 20
    assert driver.page.weights.ratio.verdict.text() == "perplexity –"
    driver.at_rest(live.undo_stack.undo)
    assert live.rows()[1].ratio > 0.8


def test_a_set_layer_is_pruned_as_it_was_set(driver: Driver) -> None:
    driver.at_rest(lambda: driver.type_in("layer-0-figure", "25"))
    driver.run("weights")
    rows = driver.model.result.rows
    under = dict(zip(driver.live.state.names, driver.live.state.ratios, strict=True))
    assert {row.name: row.ratio for row in rows} == pytest.approx(under, abs=0.02)
    assert f"--fix {rows[0].name}=0.25" in driver.page.weights.rows_menu.exports.command()


def test_more_than_there_is_becomes_the_most(driver: Driver) -> None:
    driver.type_in("structured-groups-figure", "100")
    assert driver.model.structured.choice.groups == 0.9
    assert driver.page.parts.form.groups.figure.value() == 90
    driver.at_rest(lambda: driver.type_in("layer-0-figure", "100"))
    assert driver.live.wish.fixed == {0: 0.95}
    assert driver.page.weights.rows.row(0).figure.value() == pytest.approx(95, abs=2)


def test_what_the_slider_does_not_cut_it_does_not_foresee(driver: Driver) -> None:
    view = driver.page.weights
    expected = view.change.cells["perplexity", "expected"]
    assert expected.text() == perplexity(driver.live.losses[1])
    driver.choose("prune-pattern", "2:4")
    assert view.ratio.where.text().startswith("2:4 fixes the ratio")
    assert expected.text() == ""
    driver.choose("prune-pattern", "zeros anywhere")
    assert expected.text() == perplexity(driver.live.losses[1])
    driver.choose("prune-method", "Taylor (gradient)")
    assert expected.text() == ""
    assert driver.page.panel.score.formula.text() == "Slider: S = |W| · ‖X‖, per row"


def test_a_model_is_pruned_without_a_loss(driver: Driver) -> None:
    view, box = driver.page.weights, driver.page.panel.measured
    with driver.qtbot.waitSignal(driver.live.rested, timeout=RUN_MS):
        driver.type_in("measured-windows", "0")
    assert driver.model.setup.measured == 0
    assert box.text() == "none"
    assert view.ratio.verdict.text() == "perplexity –"
    assert driver.live.state.ratio == 0.5
    driver.at_rest(box.stepUp)
    assert driver.model.setup.measured == box.value() == 2
    with driver.qtbot.waitSignal(driver.live.rested, timeout=RUN_MS):
        box.stepDown()
    assert driver.model.setup.measured == box.value() == 0


def test_dense_and_pruned_flip(driver: Driver) -> None:
    live, bar = driver.live, driver.page.weights.ratio
    cut = live.state.ratios.copy()
    driver.at_rest(lambda: driver.click(bar.dense))
    assert not live.state.ratios.any()
    assert live.wish.ratio == 0.5  # the handles stay where they are
    driver.at_rest(lambda: driver.qtbot.keyClick(driver.page, Qt.Key.Key_D))
    assert np.array_equal(live.state.ratios, cut)
    assert bar.pruned.isChecked()


def test_an_own_score_is_kept_and_forgotten(driver: Driver, bench) -> None:
    page, paths = driver.page, bench.services.paths
    driver.at_rest(lambda: driver.choose("prune-method", "Own score"))
    driver.at_rest(lambda: driver.type_in("score-a", "0.5"))
    assert driver.model.setup.scored_by == Recipe("none", 1.0, 0.5, "row")
    assert page.panel.score.formula.text() == "S = |W| · ‖X‖^0.5, per row"
    name = driver.find(QLineEdit, "score-name")
    driver.qtbot.keyClicks(name, "wanda")
    with driver.qtbot.waitSignal(bench.services.notify.posted, timeout=RUN_MS):
        driver.click(driver.find(QPushButton, "save-score"))
    assert name.text() == "wanda"  # refused: it can be corrected
    name.clear()
    driver.qtbot.keyClicks(name, "mine")
    with driver.qtbot.waitSignal(driver.model.setup_changed, timeout=RUN_MS):
        driver.click(driver.find(QPushButton, "save-score"))
    assert presets(paths) == {"mine": Recipe("none", 1.0, 0.5, "row")}
    assert page.panel.score.method.currentText() == "mine"
    assert name.text() == ""
    with driver.qtbot.waitSignal(driver.model.setup_changed, timeout=RUN_MS):
        driver.click(driver.find(QPushButton, "forget-score"))
    assert presets(paths) == {}
    assert page.panel.score.method.findText("mine") < 0


def test_pruning_measures_and_saves(driver: Driver, tmp_path: Path) -> None:
    card = driver.page.weights.change
    assert card.cells["perplexity", "measured"].text() == ""
    driver.run("weights")
    result = driver.model.result
    assert result is not None
    assert card.cells["perplexity", "measured"].text() == perplexity(result.pruned)
    assert result.calibration_sha256[:8] in card.story.text()
    changes = {one.quantity: one for one in result.card.changes}
    for name, change in changes.items():
        said = card.verdicts[name].text()
        assert (said == "real") == change.real, name
    assert card.cells["speed", "measured"].text() == f"{changes['speed'].after:.1f}"
    assert card.cells["memory", "measured"].text() == ""  # nobody measured it
    # the slider measured exactly these handles: that tells more than the job's forecast
    assert changes["perplexity"].expected is not None
    assert card.cells["perplexity", "expected"].text() == perplexity(driver.live.losses[1])
    # what was measured belongs to that ratio
    driver.at_rest(lambda: driver.type_in("prune-ratio-figure", "60"))
    assert card.cells["perplexity", "measured"].text() == ""
    assert perplexity(result.pruned) in card.story.text()
    driver.at_rest(driver.live.undo_stack.undo)
    assert card.cells["perplexity", "measured"].text() == perplexity(result.pruned)
    folder = tmp_path / "pruned"
    with driver.qtbot.waitSignal(driver.model.run.ended, timeout=RUN_MS):
        driver.page.save_to(str(folder))
    assert driver.page.weights.run_line.report() is None
    facts = json.loads((folder / "pruning.json").read_text(encoding="utf-8"))
    assert facts["method"] == "wanda"
    written = driver.model.result.file_bytes[0]
    assert card.cells["file", "measured"].text() == file_size(written)
    _saves_again(driver, folder)
    # the forecast counts values and bits; the file has a header and names besides
    assert driver.model.result.file_bytes[0] < driver.model.result.file_bytes[1]


def _saves_again(driver: Driver, folder: Path) -> None:
    """Into the folder that holds a model: only after the person has said so."""
    page, stamp = driver.page, (folder / "pruning.json").stat().st_mtime_ns
    for agree in (False, True):
        page.save_to(str(folder))
        driver.qtbot.waitUntil(lambda: _question(page) is not None, timeout=RUN_MS)
        dialog = _question(page)
        assert folder.name in dialog.findChildren(QLabel)[0].text()
        assert not driver.model.run.running
        if agree:
            with driver.qtbot.waitSignal(driver.model.run.ended, timeout=RUN_MS):
                driver.click(dialog.replace)
        else:
            driver.qtbot.keyClick(dialog, Qt.Key.Key_Return)  # Cancel is what Return means
            assert not driver.model.run.running
            driver.qtbot.waitUntil(lambda: _question(page) is None, timeout=RUN_MS)
    assert page.weights.run_line.report() is None
    assert (folder / "pruning.json").stat().st_mtime_ns > stamp


def _question(page: QWidget) -> ReplaceDialog | None:
    found = [one for one in page.window().findChildren(ReplaceDialog) if one.isVisible()]
    return found[0] if found else None


def test_each_layer_is_measured_alone(driver: Driver) -> None:
    cells, live = driver.model.cells, driver.live
    together = live.losses[1].nll - live.losses[0].nll
    button = driver.find(QPushButton, "measure-layers")
    with driver.qtbot.waitSignal(live.rested, timeout=RUN_MS):
        driver.click(button)
    assert len(cells.losses) == 2
    rows = driver.page.weights.rows
    for (layer, _), found in cells.losses.items():
        assert rows.row(layer).measured.text() == f"{found.rise:+.3f}".replace("-", "−")
        assert found.rise != together
    # a cut layer alone: the same as fixing the other at 0
    driver.at_rest(lambda: driver.type_in("prune-ratio-figure", "25"))
    driver.at_rest(lambda: driver.type_in("layer-1-figure", "0"))
    assert live.rows()[0].ratio == pytest.approx(0.5, abs=0.02)
    assert live.losses[1].nll - live.losses[0].nll == pytest.approx(
        cells.losses[0, round(live.rows()[0].ratio, 4)].rise
    )


def test_a_refused_text_says_why(driver: Driver, tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text("too short", encoding="utf-8")
    with driver.qtbot.waitSignal(driver.live.refused, timeout=RUN_MS):
        driver.page.panel.calibration.take_file(str(short))
    note = driver.page.weights.line.note
    assert note.isVisibleTo(driver.page)
    assert "short.txt" in note.message.text()


def test_a_column_of_a_data_set_is_read(driver: Driver, tmp_path: Path) -> None:
    table, same = tmp_path / "table.csv", tmp_path / "same.txt"
    words = [f"the {n} red apples of house {n * n}" for n in range(90)]
    rows = "".join(f"{n},{text}\n" for n, text in enumerate(words))
    table.write_text(f"number,story\n{rows}", encoding="utf-8")
    same.write_text("\n\n".join(words), encoding="utf-8")
    picker = driver.page.panel.calibration
    driver.at_rest(lambda: picker.take_file(str(table)))
    whole = driver.live.state.calibration_sha256
    driver.qtbot.waitUntil(lambda: picker.column.findText("Column story") > 0, timeout=RUN_MS)
    driver.at_rest(lambda: driver.choose("calibration-column", "Column story"))
    told = driver.live.state.calibration_sha256
    assert told != whole
    assert f"{table}#story" in driver.page.weights.rows_menu.exports.command()
    driver.at_rest(lambda: picker.take_file(str(same)))  # the same text as a plain file
    assert driver.live.state.calibration_sha256 == told
    assert not picker.column.isVisibleTo(picker)


def test_a_slider_that_stands_still_starts_again(
    driver: Driver, bench, tmp_path: Path, text_file: Path
) -> None:
    ref = bench.services.model.ref
    other = replace(ref, options=replace(ref.options, attention="eager"))
    view, live, picker = driver.page.weights, driver.live, driver.page.panel.calibration
    missing = tmp_path / "text.txt"
    with driver.qtbot.waitSignal(live.refused, timeout=RUN_MS):
        picker.take_file(str(missing))
    with driver.qtbot.waitSignal(live.rested, timeout=RUN_MS):
        bench.services.model.choose(other)
        assert live.state is None
    assert view.begin.isVisibleTo(view)
    assert not view.map_card.isVisibleTo(view)
    assert not view.layers.isVisibleTo(view)
    missing.write_text(text_file.read_text(encoding="utf-8"), encoding="utf-8")
    driver.at_rest(lambda: driver.click(view.begin))
    assert not view.begin.isVisibleTo(view)
    assert view.map_card.isVisibleTo(view)
    assert view.layers.isVisibleTo(view)


def test_settings_come_back(driver: Driver, bench) -> None:
    driver.choose("prune-allocation", "Water-filling on the error curves")
    driver.at_rest(lambda: driver.type_in("prune-ratio-figure", "30"))
    driver.at_rest(lambda: driver.type_in("layer-0-figure", "20"))
    model = driver.model
    model.sweep.set_choice(
        SweepChoice(("ria",), (0.3, 0.6), task="arithmetic", items=12, steps=False)
    )
    model.structured.set_choice(
        StructuredChoice(neurons=0.5, blocks=1, importance="flap", ranking="heads.json")
    )
    model.prompts.set_choice(PromptsChoice("arithmetic", "zh", 7))
    model.outliers.set_strength(1.5)
    state = json.loads(json.dumps(driver.page.save_state()))
    page = type(driver.page)(bench.services)
    page.restore_state(state)
    again = page.model
    assert again.setup == model.setup
    assert again.live.wish == Wish(0.3, {0: 0.2})
    assert again.sweep.choice == model.sweep.choice
    assert again.structured.choice == replace(model.structured.choice, ranking="")
    assert again.prompts.choice == model.prompts.choice
    assert again.outliers.strength == 1.5
    # before the slider shows the layers, nothing is pruned without those that were set
    with driver.qtbot.waitSignal(again.run.refused) as refused:
        assert not again.start("weights")
    assert refused.args[0].message == "The layers set by hand are not known yet."
    # the layer that was set is cut so, though its matrices are known from the first answer alone
    with driver.qtbot.waitSignal(again.live.rested, timeout=RUN_MS):
        page.entered()
    assert again.prompts.choice.language == "zh"  # it was chosen
    assert again.live.rows()[0].fixed
    assert np.array_equal(again.live.state.ratios, driver.live.state.ratios)
    page.deleteLater()


@pytest.mark.parametrize("broken", [None, 3, [], {"task": 4, "wish": {"ratio": 7}}])
def test_broken_choices_give_the_defaults(driver: Driver, bench, broken: object) -> None:
    names = ("weights", "curves", "parts", "prompts", "outliers", "spoken")
    page = type(driver.page)(bench.services)
    page.restore_state({"choices": dict.fromkeys(names, broken)})
    assert page.model.live.wish == Wish()
    assert page.model.sweep.choice == SweepChoice()
    assert page.model.structured.choice == StructuredChoice()
    assert page.model.prompts.choice == PromptsChoice()
    page.restore_state({"choices": broken})
    page.restore_state({"ratio": 0.3})  # as it was kept once
    assert page.model.live.wish == Wish(0.3)
    page.deleteLater()


def test_everything_is_said_in_chinese(driver: Driver, bench) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLabel

    bench.services.i18n.set_language("zh_CN")
    known = ("Wanda", "RI", "RIA", "SparseGPT", "GBLM", "English", "L0", "L1")
    latin = []
    for kind in (QLabel, QAbstractButton):
        for widget in driver.page.findChildren(kind):
            text = widget.text()
            letters = [c for c in text if c.isascii() and c.isalpha()]
            chinese = any("一" <= c <= "鿿" for c in text)
            if len(letters) > 3 and not chinese and text not in known and "|W|" not in text:
                latin.append(text)
    assert latin == []


def test_a_large_model_is_not_copied_unasked(driver: Driver, bench, monkeypatch) -> None:
    monkeypatch.setattr("workbench.viewmodels.pruning.UNASKED_BYTES", 1)
    ref = bench.services.model.ref
    other = replace(ref, options=replace(ref.options, attention="eager"))
    with driver.qtbot.waitSignal(driver.model.described, timeout=RUN_MS):
        bench.services.model.choose(other)
    view = driver.page.weights
    driver.qtbot.waitUntil(lambda: view.begin.isVisibleTo(view), timeout=RUN_MS)
    parameters = driver.model.anatomy.parameters
    assert file_size(3 * 4 * parameters) in view.begin_note.text()
    driver.type_in("prune-ratio-figure", "60")
    assert driver.live.state is None
    driver.at_rest(lambda: driver.click(view.begin))
    assert driver.live.state.ratio == pytest.approx(0.6, abs=0.02)
    assert not view.begin.isVisibleTo(view)


def test_saving_waits_for_the_job_under_way(driver: Driver, tmp_path: Path) -> None:
    page, run = driver.page, driver.model.run
    notices: list[str] = []
    page.services.notify.posted.connect(lambda notice: notices.append(notice.text))
    with driver.qtbot.waitSignal(run.ended, timeout=RUN_MS):
        driver.topic("weights")
        driver.click(page.header.primary)
        asked = run.spec
        driver.topic("curves")
        page.save_to(str(tmp_path / "pruned"))
        assert run.spec is asked
        assert run.running
        assert len(notices) == 1
    assert driver.model.result is not None
    assert not (tmp_path / "pruned").exists()
