"""The other topics of the page “Pruning”: curves, parts, the score, outliers, prompts."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareSpec, Variant
from engine.inspection.ranking import load_ranking
from engine.prompting.elements import PromptElements
from engine.pruning.recipe import PRESETS
from tests.workbench.pruning.conftest import RUN_MS, Driver
from workbench.viewmodels.prompt_state import PromptState
from workbench.views.pruning.words import formula, perplexity


def test_curves_fill_in_stop_and_go_on(driver: Driver, tmp_path: Path) -> None:
    sweep, view = driver.model.sweep, driver.page.curves
    sweep.set_choice(replace(sweep.choice, ratios=(0.3, 0.6), methods=("magnitude",)))
    driver.topic("curves")
    driver.click(view.methods["wanda"])
    assert sweep.choice.methods == ("magnitude", "wanda")
    with driver.qtbot.waitSignal(sweep.job.ended, timeout=RUN_MS):
        with driver.qtbot.waitSignal(sweep.changed, timeout=RUN_MS):
            driver.click(driver.page.header.primary)
        driver.qtbot.waitUntil(lambda: bool(sweep.cells) or not sweep.job.running, timeout=RUN_MS)
        driver.model.stop("curves")
    first = dict(sweep.cells)
    assert first
    driver.run("curves")
    assert sweep.result is not None
    assert len(sweep.cells) == 4
    for place, cell in first.items():
        assert sweep.cells[place].loss == cell.loss
    chart = view.curves.chart
    drawn = {one.name: one for one in chart.series()}
    assert set(drawn) == {"Magnitude", "Wanda"}
    assert drawn["Wanda"].y == pytest.approx(
        [cell.loss.perplexity for cell in (sweep.dense, *sweep.curve("wanda")[1:])]
    )
    file = tmp_path / "cells.csv"
    view.table_card.menu.save("csv", str(file))
    driver.qtbot.waitUntil(file.exists, timeout=RUN_MS)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["method"] for row in rows].count("wanda") == 2
    assert "--methods magnitude,wanda" in view.curves.command()


def test_parts_are_cut_and_their_worth_shows_beside_the_layers(driver: Driver) -> None:
    view, structured = driver.page.parts, driver.model.structured
    driver.topic("parts")
    driver.click(view.form.speed)
    driver.type_in("structured-groups-figure", "50")
    driver.type_in("structured-neurons-figure", "50")
    driver.run("parts")
    result = structured.result
    assert result is not None
    assert structured.spec.groups == 0.5
    after, before = result.file_bytes
    assert f"{100 * (1 - after / before):.1f} %" in view.headline.text()
    strips = driver.page.weights.rows.row(0)
    worth = strips.heads.worth
    assert worth is not None
    assert worth.values == result.layers[0].groups
    assert sum(worth.kept) == len(result.layers[0].groups_kept) == 1
    neurons = strips.neurons.worth
    assert list(neurons.values) == sorted(neurons.values, reverse=True)
    assert np.mean(neurons.kept) == pytest.approx(
        len(result.layers[0].neurons_kept) / len(result.layers[0].neurons), abs=0.02
    )


def test_the_best_score_is_found_and_taken(driver: Driver) -> None:
    view, tune = driver.page.score, driver.model.tune
    driver.run("score")
    assert tune.result is not None
    losses = [one.chosen.nll for one in tune.candidates]
    assert losses == sorted(losses)
    best = tune.candidates[0]
    first = view.table.model().index(0, 0).data()
    assert first.endswith(f"per {best.recipe.group}")
    tip = view.table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith(formula(best.recipe))
    target = next(
        place for place, one in enumerate(tune.candidates) if one.recipe not in PRESETS.values()
    )
    view.table.selectRow(target)
    assert view.take.isEnabled()
    driver.at_rest(lambda: driver.click(view.take))
    assert driver.model.setup.scored_by == tune.candidates[target].recipe
    assert driver.page.panel.score.formula.text() == formula(tune.candidates[target].recipe)
    assert view.take.text() == "In force"


def test_outliers_leave_wanda_alone(driver: Driver) -> None:
    view, outliers = driver.page.outliers, driver.model.outliers
    driver.run("outliers")
    assert outliers.result is not None
    wanda = [point.loss.nll for point in outliers.curve("wanda")]
    assert max(wanda) - min(wanda) < 1e-4
    assert all(point.moved == 0 for point in outliers.curve("wanda"))
    assert outliers.curve("magnitude")[-1].moved > 0
    assert "not one mask of Wanda moves" in view.facts.text()
    driver.slide("outlier-strength", Qt.Key.Key_End)
    assert outliers.strength == 2.0
    last = outliers.curve("magnitude")[-1]
    assert f"{last.loss.nll:.3f}" in view.headline.text()


def test_pinned_prompts_are_asked_of_both_states(driver: Driver, bench, tiny_ref) -> None:
    compare = bench.window.show_page("compare")
    model = compare.model
    model.prompt.load(PromptState(instruction="Say it.", input="four", expected="4"), "load")
    spec = CompareSpec(
        models=(tiny_ref,),
        prompt=PromptElements(instruction="Say it.", input="four"),
        variants=(Variant("zero-shot"),),
        sampling=Sampling(max_new_tokens=6),
        extraction=("exact",),
    )
    setup = replace(model.setup, models=(tiny_ref,), sampling=spec.sampling)
    chosen = tuple(replace(one, checked=one.uid == "zero-shot") for one in setup.variants)
    model.set_setup(replace(setup, variants=chosen))
    with driver.qtbot.waitSignal(model.finished, timeout=RUN_MS):
        assert model.run()
    column = model.columns[0]
    model.set_pinned(column.uid, True)
    bench.window.show_page("pruning")
    prompts = driver.model.prompts
    assert len(prompts.pinned) == 1
    driver.topic("prompts")
    with driver.qtbot.waitSignal(prompts.finished, timeout=RUN_MS):
        driver.click(driver.page.header.primary)
    (row,) = prompts.rows()
    assert row.dense.generation.text == column.result.generation.text  # the very answer of Compare
    assert row.expected == "4"
    assert prompts.verdict.scored == 1
    ((edit,),) = prompts.verdict.states
    assert edit.startswith(f"pruned {driver.live.state.ratio:.1%}")
    assert row.same == (row.dense.generation.text == row.pruned.generation.text)
    assert prompts.verdict.same == int(row.same)
    # the copy whole again: both must say the very same
    driver.topic("weights")
    driver.at_rest(lambda: driver.slide("prune-ratio", Qt.Key.Key_Home))
    driver.topic("prompts")
    with driver.qtbot.waitSignal(prompts.finished, timeout=RUN_MS):
        driver.click(driver.page.header.primary)
    assert prompts.verdict.same == prompts.verdict.asked == 1
    assert prompts.verdict.states == ((),)
    assert "The copy was whole" in driver.page.prompts.story.text()


def test_attention_sends_a_ranking_and_shows_the_difference(driver: Driver, bench) -> None:
    driver.topic("prompts")
    attention = bench.window.show_page("attention")
    with driver.qtbot.waitSignal(attention.states_model.job.ended, timeout=RUN_MS):
        bench.window.show_page("pruning")
        driver.click(driver.find(QPushButton, "attention-difference"))
    assert bench.window.current_page() is attention
    found = attention.states_model.result
    assert found is not None
    assert float(found.divergences.values.max()) > 0  # half of the weights are gone
    with driver.qtbot.waitSignal(attention.ablation.sweep.ended, timeout=RUN_MS):
        attention.ablation.start_sweep()
    ranking = attention.ablation.ranking
    with driver.qtbot.waitSignal(driver.model.structured.choice_changed, timeout=RUN_MS):
        attention.bars.send.click()
    assert bench.window.current_page() is driver.page
    path = Path(driver.model.structured.choice.ranking)
    assert load_ranking(path).scores == ranking.scores
    assert driver.page.parts.form.ranking.isVisibleTo(driver.page.parts)
    driver.click(driver.page.parts.form.speed)
    driver.run("parts")
    assert driver.model.structured.spec.ranking == str(path)
    assert perplexity(driver.model.structured.result.dense) in driver.page.parts.headline.text()
