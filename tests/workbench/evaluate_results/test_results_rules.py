"""Other rules on the same answers, patterns of one's own, votes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.workbench.evaluate_results.conftest import run_of

TWO = {"zero-shot": "11000000", "zero-shot-cot": "11111110"}


@pytest.fixture
def opened(fed, until):
    """The panel with its rules open and read."""
    panel = fed(run_of(TWO))
    QTest.mouseClick(panel.rules_fold.heading, Qt.MouseButton.LeftButton)
    until(lambda: panel.model.shown.rules)
    return panel


def row_of(panel, rule):
    return next(n for n, row in enumerate(panel.model.shown.rules) if row.rule == rule)


def accuracies(panel, rule):
    return [one.accuracy for one in panel.model.shown.rules[row_of(panel, rule)].standings]


def test_rules_are_read_only_when_somebody_looks(fed):
    panel = fed(run_of(TWO))
    assert panel.model.shown.rules == ()


def test_every_rule_scores_the_same_answers(opened):
    assert accuracies(opened, "last-answer") == [0.25, 0.875]
    assert accuracies(opened, "gsm8k-strict") == [1.0, 1.0]
    assert accuracies(opened, "option-letter") == [0.0, 0.0]
    text = opened.rules.table.text()
    assert "number after ####\t100 %  ∅ 0 %\t100 %  ∅ 0 %" in text
    assert "by up to 100 points" in opened.rules.says.text()
    assert "asks the model a second time" in opened.rules.others.text()


def test_another_rule_decides_when_chosen_and_the_own_one_comes_back(opened, until, qtbot):
    opened.rules.table.selectRow(row_of(opened, "gsm8k-strict"))
    with qtbot.waitSignal(opened.ruleChosen) as heard:
        QTest.mouseClick(opened.rules.use, Qt.MouseButton.LeftButton)
    assert heard.args == ["gsm8k-strict"]
    until(lambda: opened.model.shown.comparison.rule == "gsm8k-strict")
    assert [one.accuracy for one in opened.bars.rows()] == [1.0, 1.0]
    assert "number after ####" in opened.basis.text()
    QTest.mouseClick(opened.own_rule, Qt.MouseButton.LeftButton)
    until(lambda: opened.model.shown.comparison.rule == "last-answer")
    assert [one.accuracy for one in opened.bars.rows()] == [0.25, 0.875]


def test_a_pattern_is_tried_on_real_answers_while_it_is_typed(opened, until):
    box = opened.rules.pattern
    QTest.keyClicks(box.field, r"is (\d+)\.")
    until(box.add.isEnabled)
    lines = box.preview.toPlainText().splitlines()
    assert lines[0] == "✓ q0 · Zero-shot: The answer is 0. #### 0"
    assert any(line.startswith("✗ q2 · Zero-shot: The answer is 999.") for line in lines)
    assert box.says.text().startswith("Finds an answer in 16 of 16 tried")
    marked = [one.cursor.selectedText() for one in box.preview.extraSelections()]
    assert marked[:2] == ["0", "0"]
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    rule = r"regex:is (\d+)\."
    until(lambda: any(row.rule == rule for row in opened.model.shown.rules))
    assert accuracies(opened, rule) == [0.25, 0.875]
    opened.rules.table.selectRow(row_of(opened, rule))
    QTest.mouseClick(opened.rules.drop, Qt.MouseButton.LeftButton)
    until(lambda: all(row.rule != rule for row in opened.model.shown.rules))


@pytest.mark.parametrize(
    ("pattern", "said"), [("(", "cannot be read"), (r"(?:.|.)+#$", "took longer")]
)
def test_a_pattern_that_cannot_be_used_says_why_and_stops_nothing(opened, until, pattern, said):
    box = opened.rules.pattern
    box.field.setText(pattern)
    until(lambda: said in box.says.text())
    assert not box.add.isEnabled()
    box.field.setText("0")
    until(box.add.isEnabled)


def test_votes_show_how_stable_the_samples_are(fed):
    run = run_of({"self-consistency": "110" + "111" + "100" + "000"}, samples=3)
    panel = fed(run)
    assert len(run.votes) == 4
    assert panel.votes_fold.isVisible()
    (row,) = panel.votes.table.rows()
    assert row.cells[0] == "Self-consistency"
    # Most frequent answers: 2, 3, 2 and 3 of 3 samples.
    assert row.cells[1].value == pytest.approx((2 / 3 + 1 + 2 / 3 + 1) / 4)
    assert row.cells[3] == "50.0 %"  # 6 of 12 samples
    assert row.cells[4] == "50.0 %"  # q0 and q1 by their votes
    assert "by its vote" in panel.verdicts.notes.text()


def test_without_repeats_there_is_nothing_about_votes(fed):
    assert not fed(run_of(TWO)).votes_fold.isVisible()


def test_a_chosen_rule_that_fails_is_told_and_the_figures_name_their_own(fed, until):
    panel = fed(run_of(TWO))
    panel.model.choose_rule("regex:(")
    until(lambda: panel.note.report() is not None)
    assert panel.note.isVisible()
    assert panel.basis.text() == "Judged by “last stated answer” · 16 answers"
    QTest.mouseClick(panel.own_rule, Qt.MouseButton.LeftButton)
    until(lambda: panel.note.report() is None)
    assert panel.basis.text() == "Judged by “last stated answer” · 16 answers"
