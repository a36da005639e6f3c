"""The results of a run as a person sees and uses them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from engine.evaluation.statistics.comparison import Standing, compare_variants
from tests.workbench.evaluate_results.conftest import complete, run_of
from workbench.views.evaluate.results.words import standing_tip
from workbench.widgets.figure_table import Bar

TWO = {"zero-shot": "1100000000000000", "zero-shot-cot": "1011111111111110"}
THREE = {**TWO, "few-shot": "1100000000000011"}


def test_an_empty_panel_says_what_to_do(panel):
    assert panel.empty.isVisible()
    assert "Run the set" in panel.empty.text.text()


def test_the_verdict_comes_first_in_words(fed):
    panel = fed(run_of(TWO))
    text = panel.verdicts.sentences[0].text()
    assert text.startswith("✓ Zero-shot CoT is better than Zero-shot by 75 points (95 % CI ")
    assert text.endswith("p = 0.0018, 16 items).")
    found = panel.model.shown.comparison
    assert found.pairs[0].p == pytest.approx(2 * (1 + 14) / 2**14)  # 1 against 13
    assert panel.basis.text() == "Judged by “last stated answer” · 32 answers"
    assert not panel.empty.isVisible()


def test_bars_and_table_hold_the_figures_of_the_engine(fed):
    run = run_of(THREE)
    panel = fed(run)
    truth = compare_variants(run.spec, run.cells)
    assert [one.accuracy for one in panel.bars.rows()] == [2 / 16, 14 / 16, 4 / 16]
    assert [one.interval for one in panel.bars.rows()] == [s.interval for s in truth.standings]
    rows = panel.pairs.table.rows()
    assert [row.cells[0] for row in rows] == [
        "Zero-shot CoT − Zero-shot", "Few-shot − Zero-shot", "Few-shot − Zero-shot CoT",
    ]  # fmt: skip
    for row, pair in zip(rows, truth.pairs, strict=True):
        bar = row.cells[1]
        assert isinstance(bar, Bar)
        assert (bar.value, bar.low, bar.high) == (
            pair.difference, pair.interval.low, pair.interval.high
        )  # fmt: skip
        assert row.cells[-2] == "16"
        assert row.cells[-1] == f"{len(pair.only_first)} · {len(pair.only_second)}"
    assert "Holm" in panel.pairs.table.text()
    assert "Holm" in panel.verdicts.notes.text()


def test_hovering_a_bar_says_where_its_number_comes_from(fed):
    panel = fed(run_of(TWO))
    place = QPoint(40, panel.bars.fontMetrics().height() * 2 + 10)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, panel.bars.mapToGlobal(place))
    QApplication.sendEvent(panel.bars, event)
    assert "Zero-shot CoT: 14 of 16 items right (87.5 %)" in QToolTip.text()
    assert "Wilson" in QToolTip.text()
    QToolTip.hideText()


def test_figures_follow_while_answers_come(panel, until):
    run = run_of(TWO)
    panel.begin(run.spec)
    assert "first answers" in panel.empty.text.text()
    early = [cell for cell in run.cells if cell.key.item < 4]
    for cell in early:
        panel.add_cell(cell)
    until(lambda: panel.model.shown is not None)
    until(lambda: panel.model.shown.comparison.standings[0].n == 4)
    assert panel.basis.text().endswith("so far")
    for cell in run.cells:
        if cell.key.item >= 4:
            panel.add_cell(cell)
    until(lambda: complete(panel, run))
    panel.finish(run.result())
    until(lambda: not panel.basis.text().endswith("so far"))


def test_a_new_run_takes_the_place_of_the_old_one(fed, panel, until):
    fed(run_of(TWO))
    other = run_of({"few-shot": "11", "zero-shot": "10"})
    panel.begin(other.spec)
    assert panel.empty.isVisible()
    for cell in other.cells:
        panel.add_cell(cell)
    panel.finish(other.result())
    until(lambda: complete(panel, other))
    assert [one.label for one in panel.bars.rows()] == ["Few-shot", "Zero-shot"]
    panel.clear()
    assert panel.empty.isVisible()


def test_items_only_one_got_right_lead_to_the_item(fed, qtbot):
    panel = fed(run_of(TWO))
    view = panel.only_right
    assert view.count.text() == "Exactly one is right on 14 items"
    assert view.list.model().rowCount() == 14
    index = view.list.model().index(0, 0)
    assert index.data() == "q1   ✓ Zero-shot"
    view.which.setCurrentIndex(view.which.findText("only Zero-shot CoT (13)"))
    first = view.list.model().index(0, 0)
    with qtbot.waitSignal(panel.itemChosen) as heard:
        panel.scroll.ensureWidgetVisible(view.list)
        place = view.list.visualRect(first).center()
        QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert heard.args == ["q2"]


def test_the_calculator_answers_at_once(fed):
    panel = fed(run_of(TWO))
    said = []
    for wish in (10.0, 5.0, 50.0):
        panel.pairs.wish.setValue(wish)
        said.append(panel.pairs.needed.text())
    # Connor: (1.95996·√ψ + 0.84162·√(ψ − δ²))² / δ² with ψ = 14/16
    assert "685 items" in said[0]
    assert "2,745 items" in said[1]
    assert "25 items" in said[2]
    assert "(now 16)" in said[0]


def test_copy_and_save(fed, panel, until, tmp_path: Path):
    fed(run_of(TWO))
    panel.all_more.copy()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Zero-shot CoT is better than Zero-shot by 75 points")
    assert "Zero-shot: 12.5 %" in text
    panel.pairs_more.save_csv(str(tmp_path / "pairs.csv"))
    panel.bars_more.save_csv(str(tmp_path / "bars.csv"))
    panel.bars_more.save_png(str(tmp_path / "bars.png"))
    panel.bars_more.save_svg(str(tmp_path / "bars.svg"))
    files = [tmp_path / name for name in ("pairs.csv", "bars.csv", "bars.png", "bars.svg")]
    until(lambda: all(file.is_file() for file in files))
    rows = list(csv.DictReader(io.StringIO(files[0].read_text("utf-8-sig"))))
    assert (rows[0]["difference"], rows[0]["only_second"]) == ("0.7500", "13")
    bars = list(csv.DictReader(io.StringIO(files[1].read_text("utf-8-sig"))))
    assert [row["accuracy"] for row in bars] == ["0.1250", "0.8750"]
    assert files[2].read_bytes().startswith(b"\x89PNG")
    assert "87.5 %" in files[3].read_text() or "<path" in files[3].read_text()


def test_copy_as_command(fed, panel):
    fed(run_of(TWO))
    panel.command_action.trigger()
    line = QGuiApplication.clipboard().text()
    assert line.startswith("lathe compare ")
    assert "--techniques=zero-shot,zero-shot-cot" in line


def test_the_panel_speaks_chinese(fed, panel, program, until):
    fed(run_of(TWO))
    program.services.i18n.set_language("zh_CN")
    until(lambda: "零样本思维链" in panel.verdicts.sentences[0].text())
    text = panel.verdicts.sentences[0].text()
    assert "高 75 个百分点" in text
    assert "题）" in text
    assert panel.headings["pairs"].text() == "两两比较"
    until(lambda: panel.bars.rows()[0].label == "零样本")


def test_nothing_expected_is_said(fed, panel, until):
    from dataclasses import replace

    run = run_of({"zero-shot": "11"})
    spec = replace(run.spec, items=tuple(replace(one, expected=None) for one in run.spec.items))
    cells = [
        replace(
            cell,
            expected=None,
            extractions=tuple(replace(one, correct=None) for one in cell.extractions),
        )
        for cell in run.cells
    ]
    panel.begin(spec)
    for cell in cells:
        panel.add_cell(cell)
    until(lambda: panel.model.shown is not None)
    assert "nothing can be scored" in panel.verdicts.notes.text()
    assert not panel.pairs.isVisible()


def test_a_column_whose_answers_all_failed_is_not_blamed_on_the_items():
    failed = Standing(0, 0, "A", 0, 0.0, None, None, "answer", 0, 0, 0, 3)
    assert "Nothing is scored: all its answers failed." in standing_tip(failed, "last-answer")
    silent = replace(failed, failed=0, answers=3)
    assert "no item has an expected answer" in standing_tip(silent, "last-answer")
