"""The verdict over the answers of both states."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton

from engine.errors import DataError
from engine.evaluation.spec import CellResult
from engine.pruning.edit import PruneEdit
from tests.workbench.pruning.conftest import RUN_MS, Driver
from workbench.viewmodels import pruning_prompts
from workbench.viewmodels.pruning_prompts import PromptsChoice
from workbench.views.pruning.words import percent


def test_a_verdict_that_fails_says_why(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise DataError("The answers cannot be compared.", "Ask again.")

    monkeypatch.setattr(pruning_prompts, "judged", fail)
    prompts = driver.model.prompts
    prompts.set_choice(PromptsChoice("arithmetic", "en", 1))
    driver.topic("prompts")
    with driver.qtbot.waitSignal(prompts.finished, timeout=RUN_MS):
        driver.click(driver.page.header.primary)
    report = driver.page.prompts.line.report()
    assert report is not None
    assert report.message == "The answers cannot be compared."
    assert prompts.verdict is None
    assert len(prompts.rows()) == 1


def ask_both(driver: Driver, items: int = 1) -> None:
    """Ask as soon as a person can, and wait for the verdict."""
    prompts = driver.model.prompts
    prompts.set_choice(PromptsChoice("arithmetic", "en", items))
    driver.topic("prompts")
    with driver.qtbot.waitSignal(prompts.finished, timeout=RUN_MS):
        driver.click(driver.page.header.primary)


def edit_of(driver: Driver) -> str:
    """What the copy says of itself, as the slider last cut it."""
    state = driver.live.state
    assert state is not None
    return PruneEdit(state.ratio, driver.model.setup.scored_by).name


def test_the_copy_is_asked_pruned_though_it_was_shown_dense(driver: Driver) -> None:
    driver.topic("weights")
    driver.at_rest(lambda: driver.click(driver.page.weights.ratio.dense))
    ask_both(driver)
    state = driver.live.state
    assert state is not None
    assert state.ratio > 0.4
    assert driver.model.prompts.verdict.states == ((edit_of(driver),),)
    assert percent(state.ratio) in driver.page.prompts.story.text()


def test_layers_that_wait_to_be_measured_are_not_what_is_asked(driver: Driver) -> None:
    prompts, button = driver.model.prompts, driver.page.header.primary
    assert isinstance(button, QPushButton)
    driver.model.cells.measure_rows()
    ask_both(driver)
    assert prompts.verdict.states == ((edit_of(driver),),)
    assert driver.live.state.ratio == pytest.approx(0.5, abs=0.02)
    assert len(driver.model.cells.losses) < len(driver.live.rows())  # the others wait no more
    # while the copy is cut again, what was asked can be taken back
    driver.live.move(0.3, "move")
    driver.topic("prompts")
    driver.click(driver.page.header.primary)
    assert prompts.waiting
    assert "being cut" in driver.page.prompts.headline.text()
    with driver.qtbot.waitSignal(prompts.finished, timeout=RUN_MS):
        driver.click(driver.page.header.primary)
    assert not driver.model.running("prompts")
    assert prompts.rows() == ()


def test_answers_of_a_copy_that_moved_are_told_apart(driver: Driver) -> None:
    ask_both(driver, items=2)
    prompts = driver.model.prompts
    first, second = prompts.rows()
    spec = prompts.job.spec

    def whole(cell: CellResult) -> CellResult:
        return replace(cell, provenance=replace(cell.provenance, edits=()))

    moved = replace(second, pruned=whole(second.pruned))
    cells = [first.dense, first.pruned, moved.dense, moved.pruned]
    verdict = pruning_prompts.judged([(spec, cells)], [first, moved])
    assert verdict.states == ((edit_of(driver),), ())
    prompts.verdict = verdict
    prompts.changed.emit()
    story = driver.page.prompts.story.text()
    assert "not of one model" in story
    assert percent(driver.live.state.ratio) in story
    assert "whole" in story
