"""Votes, stated knowledge and labels in the columns, as a person sets and reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.evaluation.spec import CompareSpec
from engine.jobs.spec import decode, encode
from workbench.viewmodels.compare_report import report_of
from workbench.viewmodels.compare_setup import CompareSetup
from workbench.viewmodels.prompt_state import PromptState


@pytest.fixture(autouse=True)
def whole_answers(page) -> None:
    """The whole answer counts, so that every path of a random model votes for its own."""
    page.model.prompt.restore(
        PromptState(instruction="Add.", input="1 + 2", expected="yes", extraction=("exact",))
    )


def settings(driver, uid: str):
    """Open a chip's settings as a person does."""
    driver.qtbot.mouseClick(driver.page.techniques.chips[uid].more, Qt.MouseButton.LeftButton)
    popup = driver.page.techniques.popup
    assert popup is not None
    return popup


def test_a_vote_shows_its_bars_and_leads_to_its_paths(driver, qtbot: QtBot) -> None:
    popup = settings(driver, "self-consistency")
    popup.fields.paths.setValue(4)
    popup.fields.temperature.setValue(1.5)
    popup.close()
    driver.choose("self-consistency")
    driver.run()
    (column,) = driver.page.model.columns
    vote, strip = column.vote, driver.view(0).decision.votes
    assert column.state == "finished"
    assert (vote.planned, vote.final) == (4, True)
    assert strip.isVisible()
    assert [bar.name for bar in strip.bars.bars] == [" ".join(a.split()) for a in vote.counts]
    assert [bar.ahead for bar in strip.bars.bars].count(True) == 1
    assert f"{round(vote.agreement * vote.samples)} of {vote.samples} agree" in strip.head.text()
    assert column.result.key.sample == vote.paths[vote.winner][0]
    answers = list(vote.counts)
    assert len(answers) > 1
    place = strip.bars.row_centre(1).toPoint()
    qtbot.mouseClick(strip.bars, Qt.MouseButton.LeftButton, pos=place)
    other = vote.paths[answers[1]][0]
    assert column.result.key.sample == other
    assert column.records == list(column.paths.cells[other].tokens)
    assert f"path {other + 1} of 4" in driver.view(0).subtitle.text()
    qtbot.keyClick(strip.bars, Qt.Key.Key_Up)
    assert column.result.key.sample == vote.paths[answers[0]][0]


def test_a_path_is_checked_alone_and_branched_as_itself(driver, qtbot: QtBot) -> None:
    popup = settings(driver, "self-consistency")
    popup.fields.paths.setValue(3)
    popup.close()
    driver.choose("self-consistency")
    driver.run()
    model, (column,) = driver.page.model, driver.page.model.columns
    model.show_path(column.uid, 2)
    with qtbot.waitSignal(model.finished, timeout=60_000):
        qtbot.mouseClick(driver.view(0).verify_button, Qt.MouseButton.LeftButton)
    assert column.verification.state == "identical"
    with qtbot.waitSignal(model.finished, timeout=60_000):
        branched = model.branch(column.uid, 1, column.records[1].top[1])
    assert branched.branch.cell.sample == 2
    assert branched.vote is None
    assert branched.records[0].id == column.records[0].id
    with qtbot.waitSignal(model.finished, timeout=60_000):
        qtbot.mouseClick(driver.view(0).rerun_button, Qt.MouseButton.LeftButton)
    assert column.vote.final
    assert column.state == "finished"
    spec, result = report_of([column])
    assert result.votes[0].counts == column.vote.counts
    assert len(result.cells) == 3
    assert spec.variants[0].samples == 3


def test_labels_are_typed_and_weighed(driver, qtbot: QtBot) -> None:
    popup = settings(driver, "label-likelihood")
    qtbot.keyClicks(popup.fields.labels, "yes, no;maybe")
    popup.close()
    driver.choose("label-likelihood")
    driver.run()
    (column,) = driver.page.model.columns
    assert [score.label for score in column.result.labels] == ["yes", "no", "maybe"]
    bars = driver.view(0).decision.labels.bars.bars
    best = max(column.result.labels, key=lambda score: score.summed.calibrated)
    assert (bars[0].name, bars[0].ahead) == (best.label, True)
    assert bars[0].before == pytest.approx(best.summed.raw)
    assert sum(bar.share for bar in bars) == pytest.approx(1)


def test_statements_stand_before_the_answer(driver) -> None:
    popup = settings(driver, "generated-knowledge")
    popup.fields.statements.setValue(2)
    popup.close()
    driver.choose("zero-shot", "generated-knowledge")
    driver.run()
    plain, column = driver.page.model.columns
    note = driver.view(1).decision.knowledge
    assert note.isVisible()
    assert driver.view(0).decision.isHidden()
    text = note.text.text()
    assert "Stated first" in text
    assert "Without knowledge" in text
    stated = [stage for stage in column.result.stages if stage.kind == "knowledge"]
    assert sum(stage.count for stage in stated) == 2
    without = next(stage for stage in column.result.stages if stage.kind == "without")
    assert without.generation.text == plain.answer_text()


def test_settings_of_chips_are_kept_and_go_into_the_comparison(driver) -> None:
    popup = settings(driver, "self-consistency")
    popup.fields.winner.setCurrentIndex(1)
    popup.fields.early.setChecked(False)
    popup.close()
    popup = settings(driver, "two-stage")
    popup.fields.answer.setText("So")
    popup.fields.answer.textEdited.emit("So")
    popup.close()
    driver.choose("self-consistency", "two-stage")
    setup = driver.page.model.setup
    assert CompareSetup.from_plain(setup.to_plain()) == setup
    spec = replace(setup, models=setup.models).spec(driver.page.model.prompt.state)
    votes, stages = spec.variants
    assert (votes.vote, votes.stop_early, votes.samples) == ("weighted", False, 0)
    assert stages.answer_trigger == "So"
    assert isinstance(decode(encode(spec)), CompareSpec)
