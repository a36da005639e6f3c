"""The comparison page, driven as a person drives it, through the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from tests.workbench.compare.conftest import RUN_MS, Driver
from workbench.bootstrap import Application
from workbench.viewmodels.prompt_counter import TokenCounts
from workbench.views.compare import column_text
from workbench.views.compare.page import ComparePage
from workbench.views.compare.result_column import ResultColumn


def test_first_start_shows_the_sample_and_one_button(bench: Application) -> None:
    page = bench.window.show_page("compare")
    assert isinstance(page, ComparePage)
    assert "How many" in page.prompt.fields["input"].editor.toPlainText()
    assert page.prompt.fields["expected"].editor.toPlainText()
    assert page.stack.currentWidget() is page.empty
    assert page.empty.button.isEnabled()


def test_run_fills_one_column_per_chip(driver: Driver) -> None:
    driver.choose("zero-shot", "zero-shot-cot")
    driver.run()
    columns = driver.page.model.columns
    assert [column.variant.technique for column in columns] == ["zero-shot", "zero-shot-cot"]
    assert [column.state for column in columns] == ["finished", "finished"]
    for place, column in enumerate(columns):
        view = driver.view(place)
        shown = view.answer.toPlainText()
        assert shown.replace("\n", "") == "".join(record.text for record in column.records).replace(
            "\n", ""
        ).replace("\r", "")
        assert view.sent.toPlainText() == "".join(part.text for part in column.result.sent)
        assert "tokens in" in view.figures.text().replace("\u00a0", " ")
    assert "step by step" in driver.view(1).sent.toPlainText()
    assert "step by step" not in driver.view(0).sent.toPlainText()


def test_a_columns_error_stays_in_that_column(driver: Driver) -> None:
    driver.choose("zero-shot", "few-shot")
    driver.run()
    good, bad = driver.page.model.columns
    assert good.state == "finished"
    assert bad.state == "failed"
    note = driver.view(1).note
    assert not note.isHidden()
    assert "examples" in note.message.text()
    assert note.hint.text()
    assert driver.view(0).note.isHidden()


def test_prompt_longer_than_the_context_is_told_in_its_column(driver: Driver) -> None:
    driver.page.prompt.fields["input"].editor.setPlainText("word " * 200)
    driver.choose("zero-shot")
    driver.run()
    column = driver.page.model.columns[0]
    assert column.error is not None
    assert column.error.code == "prompt-too-long"
    assert "512" in driver.view(0).note.message.text()
    assert driver.page.prompt.fields["input"].editor.toPlainText() == "word " * 200


def test_stop_ends_the_answer_and_keeps_what_came(driver: Driver) -> None:
    page = driver.page
    driver.choose("zero-shot")
    page.sampling.max_new_tokens.setValue(400)
    interval = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(1)
    try:
        with driver.qtbot.waitSignal(page.model.tokens_arrived, timeout=RUN_MS):
            driver.qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
        driver.qtbot.waitUntil(page.header.primary.isEnabled)
    finally:
        QApplication.setDoubleClickInterval(interval)
    assert page.header.primary.text() == "Stop"
    with driver.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    column = page.model.columns[0]
    assert column.state == "stopped"
    assert 0 < len(column.records) < 400
    assert driver.view(0).answer.toPlainText()
    assert page.header.primary.text() == "Run"


def test_run_again_replaces_and_a_pinned_column_stays(driver: Driver) -> None:
    driver.choose("zero-shot")
    driver.run()
    first = driver.page.model.columns[0]
    driver.qtbot.mouseClick(driver.view(0).pin_button, Qt.MouseButton.LeftButton)
    driver.run()
    columns = driver.page.model.columns
    assert columns[0] is first
    assert len(columns) == 2
    driver.qtbot.mouseClick(driver.view(0).pin_button, Qt.MouseButton.LeftButton)
    driver.run()
    assert first.uid not in [column.uid for column in driver.page.model.columns]


def test_rerun_one_column_asks_the_same_again(driver: Driver) -> None:
    driver.choose("zero-shot", "zero-shot-cot")
    driver.run()
    before = [[record.id for record in column.records] for column in driver.page.model.columns]
    other = driver.page.model.columns[1].result
    with driver.qtbot.waitSignal(driver.page.model.finished, timeout=RUN_MS):
        driver.qtbot.mouseClick(driver.view(0).rerun_button, Qt.MouseButton.LeftButton)
    after = [[record.id for record in column.records] for column in driver.page.model.columns]
    assert after == before
    assert driver.page.model.columns[1].result is other


def test_verify_alone_says_identical(driver: Driver) -> None:
    driver.choose("zero-shot", "zero-shot-cot")
    driver.run()
    with driver.qtbot.waitSignal(driver.page.model.finished, timeout=RUN_MS):
        driver.qtbot.mouseClick(driver.view(0).verify_button, Qt.MouseButton.LeftButton)
    check = driver.page.model.columns[0].verification
    assert check is not None
    assert check.state == "identical"
    assert "identical" in driver.view(0).check.text()


def test_click_on_an_alternative_branches_there(driver: Driver) -> None:
    driver.choose("zero-shot")
    driver.run()
    view = driver.view(0)
    source = driver.page.model.columns[0]
    index = next(i for i, r in enumerate(source.records) if i >= 2 and r.text.strip())
    spot = view.answer.token_rect(index).center()
    driver.qtbot.mouseClick(view.answer.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    popup = view.answer.popup()
    assert popup is not None
    assert popup.isVisible()
    other = next(button for button in popup.buttons() if button.isEnabled())
    with driver.qtbot.waitSignal(driver.page.model.finished, timeout=RUN_MS):
        driver.qtbot.mouseClick(other, Qt.MouseButton.LeftButton)
    branch = driver.page.model.columns[1]
    kept = [record.id for record in source.records[:index]] + [other.candidate.id]
    assert [record.id for record in branch.records[: index + 1]] == kept
    assert branch.state == "finished"
    assert len(branch.records) > index + 1
    assert driver.page.model.columns[0] is source


def test_tokens_by_keyboard_alone(driver: Driver) -> None:
    driver.choose("zero-shot")
    driver.run()
    answer = driver.view(0).answer
    answer.setFocus()
    driver.qtbot.keyClick(answer, Qt.Key.Key_Right)
    driver.qtbot.keyClick(answer, Qt.Key.Key_Right)
    assert answer.current_token() == 1
    assert "probability" in answer.accessibleDescription()
    driver.qtbot.keyClick(answer, Qt.Key.Key_Return)
    popup = answer.popup()
    assert popup is not None
    assert popup.has_focus()
    focus = QGuiApplication.focusObject()
    driver.qtbot.keyClick(focus, Qt.Key.Key_Down)
    assert QGuiApplication.focusObject() is not focus
    driver.qtbot.keyClick(QGuiApplication.focusObject(), Qt.Key.Key_Escape)
    assert popup.isHidden()
    assert answer.hasFocus()


def test_overlay_marks_the_first_divergence(driver: Driver) -> None:
    driver.choose("zero-shot", "zero-shot-cot")
    driver.run()
    page = driver.page
    with driver.qtbot.waitSignal(page.overlay.aligned, timeout=RUN_MS):
        driver.qtbot.mouseClick(page.bar.overlay, Qt.MouseButton.LeftButton)
    left, right = (column.records for column in page.model.columns)
    wanted = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a.id != b.id),
        None if len(left) == len(right) else min(len(left), len(right)),
    )
    overlay = page.overlay.overlay()
    assert overlay is not None
    if wanted is None:
        assert "Identical" in page.overlay.sentence.text()
    else:
        assert f"token {wanted + 1}:" in page.overlay.sentence.text()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "instruction", "empty"),
        ("Say {{who}}", "variable:who", "{{who}}"),
        ("Say {{ who", "input", "cannot be read"),
    ],
)
def test_a_prompt_that_cannot_be_sent_says_why_where_it_is(
    driver: Driver, text: str, place: str, words: str
) -> None:
    page = driver.page
    page.prompt.fields["instruction"].editor.setPlainText("")
    page.prompt.fields["input"].editor.setPlainText(text)
    driver.choose("zero-shot")
    with driver.qtbot.waitSignal(page.model.refused, timeout=RUN_MS):
        driver.qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    if place.startswith("variable:"):
        field = page.prompt.variables[place.removeprefix("variable:")]
    else:
        field = page.prompt.fields[place]
    assert not field.note.isHidden()
    assert words in field.note.message.text()
    assert page.model.columns == []
    assert page.prompt.fields["input"].editor.toPlainText() == text


def test_no_technique_is_refused_above_the_results(driver: Driver) -> None:
    driver.choose()
    with driver.qtbot.waitSignal(driver.page.model.refused, timeout=RUN_MS):
        driver.qtbot.mouseClick(driver.page.header.primary, Qt.MouseButton.LeftButton)
    assert "technique" in driver.page.refusal.message.text()


def test_counts_follow_the_tokenizer(driver: Driver) -> None:
    page = driver.page
    driver.choose("zero-shot", "zero-shot-cot")
    wanted = len("数一数 1 + 2".encode())

    def is_newest(counts: TokenCounts) -> bool:
        return counts.fields.get("input") == wanted

    with driver.qtbot.waitSignal(
        page.counter.counted, timeout=RUN_MS, check_params_cb=is_newest
    ) as counted:
        page.prompt.fields["input"].editor.setPlainText("数一数 1 + 2")
    counts = counted.args[0]
    assert counts.shortest == len("Add.\n数一数 1 + 2".encode())
    assert counts.shared == counts.shortest
    assert str(counts.longest) in page.prompt.counts.text()


def test_save_and_copy(driver: Driver, tmp_path: Path) -> None:
    page = driver.page
    driver.choose("zero-shot")
    driver.run()
    driver.qtbot.mouseClick(driver.view(0).copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == page.model.columns[0].answer_text()
    driver.view(0).do("markdown")
    assert "Answer:" in QGuiApplication.clipboard().text()
    driver.view(0).do("command")
    assert QGuiApplication.clipboard().text().startswith("lathe compare")
    for suffix in (".md", ".html", ".json"):
        target = tmp_path / f"report{suffix}"
        with driver.qtbot.waitSignal(page.services.notify.posted, timeout=RUN_MS):
            page.reports.save(target)
        assert "zero-shot" in target.read_text(encoding="utf-8")


def test_demo_ends(bench: Application, driver: Driver) -> None:
    done: list[bool] = []
    driver.page.run_demo(lambda: done.append(True))
    driver.qtbot.waitUntil(lambda: bool(done), timeout=RUN_MS)
    assert [column.variant.technique for column in driver.page.model.columns] == [
        "zero-shot",
        "few-shot",
        "zero-shot-cot",
    ]


def test_state_comes_back(driver: Driver) -> None:
    page = driver.page
    page.prompt.fields["input"].editor.setPlainText("你好 {{名字}}")
    page.prompt.variables["名字"].editor.setPlainText("小明")
    page.sampling.temperature.setValue(0.7)
    kept = page.save_state()
    before = page.model.prompt.state, page.model.setup
    page.load_sample()
    page.sampling.temperature.setValue(0.0)
    page.restore_state(kept)
    assert (page.model.prompt.state, page.model.setup) == before
    assert page.prompt.variables["名字"].editor.toPlainText() == "小明"
    page.restore_state({"prompt": 3, "setup": {"variants": 1}, "folds": [], "split": "x"})


def test_hover_opens_the_alternatives(driver: Driver) -> None:
    driver.choose("zero-shot")
    driver.run()
    answer = driver.view(0).answer
    index = next(i for i, r in enumerate(answer.records()) if r.text.strip())
    spot = answer.token_rect(index).center()
    no_button = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(spot),
        QPointF(answer.viewport().mapToGlobal(spot)),
        no_button,
        no_button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(answer.viewport(), move)
    driver.qtbot.waitUntil(lambda: answer.popup() is not None and answer.popup().isVisible())
    assert len(answer.popup().buttons()) == 5
    assert not answer.popup().has_focus()


def test_the_next_run_uses_the_same_widgets_and_shows_nothing_of_the_last(driver: Driver) -> None:
    page = driver.page
    driver.choose("zero-shot", "few-shot")
    driver.run()
    first, second = driver.view(0), driver.view(1)
    driver.qtbot.mouseClick(first.pin_button, Qt.MouseButton.LeftButton)
    second.sent_fold.set_open(True)
    page.model.prompt.set_text("input", "7 + 8")
    driver.choose("zero-shot-cot")
    at_start: list[tuple[str, str, bool]] = []

    def look() -> None:
        shown = second.answer.toPlainText(), second.sent.toPlainText(), second.found.isVisible()
        at_start.append(shown)

    page.model.columns_changed.connect(look)
    driver.run()
    assert at_start == [("", "", False)]
    assert driver.view(0) is first
    assert driver.view(1) is second
    new = page.model.columns[1]
    assert second.answer.records() == tuple(new.records)
    assert "7 + 8" in second.sent.toPlainText()
    assert second.title.text() == column_text.title(new)
    assert first.pin_button.isChecked()
    assert not second.pin_button.isChecked()


def test_widgets_for_the_chosen_columns_stand_ready_before_the_run(driver: Driver) -> None:
    page = driver.page
    driver.choose("zero-shot", "few-shot")
    area = page.columns
    driver.qtbot.waitUntil(lambda: len(area.findChildren(ResultColumn)) >= 2)
    ready = set(area.findChildren(ResultColumn))
    assert not any(view.isVisible() for view in ready)
    driver.run()
    assert set(area.views.values()) <= ready
