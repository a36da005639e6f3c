"""Editing the prompt as a person does: typing, history, table, import, variables, Chinese."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QTextCursor
from PySide6.QtWidgets import QApplication

from engine.prompting.elements import Example
from tests.workbench.compare.conftest import RUN_MS, Driver
from workbench.views.compare.page import ComparePage


def texts(page: ComparePage) -> dict[str, str]:
    return {name: field.editor.toPlainText() for name, field in page.prompt.fields.items()}


def undo(driver: Driver) -> None:
    driver.qtbot.keySequence(driver.page.prompt.fields["input"].editor, QKeySequence("Ctrl+Z"))


def redo(driver: Driver) -> None:
    redo_keys = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)[0]
    driver.qtbot.keySequence(driver.page.prompt.fields["input"].editor, redo_keys)


def test_typing_is_undone_word_by_word_across_fields(driver: Driver) -> None:
    page = driver.page
    before = texts(page)
    for name, typed in (("instruction", "Hello big world "), ("input", "xy")):
        editor = page.prompt.fields[name].editor
        editor.moveCursor(QTextCursor.MoveOperation.Start)
        driver.qtbot.keyClicks(editor, typed)
    assert page.model.prompt.state.instruction == "Hello big world Add."
    assert page.model.prompt.state.input == "xy1 + 2"
    undo(driver)
    assert page.prompt.fields["input"].editor.toPlainText() == "1 + 2"
    undo(driver)
    assert page.prompt.fields["instruction"].editor.toPlainText() == "Hello big Add."
    undo(driver)
    undo(driver)
    assert texts(page) == before
    for _ in range(4):
        redo(driver)
    assert page.model.prompt.state.instruction == "Hello big world Add."
    assert page.model.prompt.state.input == "xy1 + 2"


def test_a_preset_is_one_undoable_step(driver: Driver) -> None:
    page = driver.page
    before = page.model.prompt.state
    box = page.prompt.task
    box.setFocus()
    index = box.findData("classification")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert page.model.prompt.state.task == "classification"
    assert page.prompt.examples.examples()
    undo(driver)
    assert page.model.prompt.state == before
    assert page.prompt.examples.examples() == ()
    assert texts(page)["input"] == "1 + 2"


def test_chinese_prompt_and_language_switch(driver: Driver) -> None:
    page = driver.page
    box = page.prompt.task
    box.activated.emit(box.findData("summarisation"))
    english = page.model.prompt.state
    driver.qtbot.mouseClick(page.prompt.chinese, Qt.MouseButton.LeftButton)
    chinese = page.model.prompt.state
    assert chinese.language == "zh"
    assert chinese.task == english.task
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.input)
    assert page.prompt.chinese.isChecked()
    undo(driver)
    assert page.model.prompt.state == english
    assert page.prompt.english.isChecked()


def test_variables_get_fields_while_typing(driver: Driver) -> None:
    page = driver.page
    editor = page.prompt.fields["input"].editor
    editor.setPlainText("")
    driver.qtbot.keyClicks(editor, "Greet {{name}} in {{city}}")
    assert list(page.prompt.variables) == ["name", "city"]
    driver.qtbot.keyClicks(page.prompt.variables["name"].editor, "Ada")
    page.prompt.variables["city"].editor.setPlainText("上海")
    assert page.model.prompt.state.item().variables == {"name": "Ada", "city": "上海"}
    assert page.model.prompt.problem() is None
    editor.setPlainText("Greet {{name}}")
    assert list(page.prompt.variables) == ["name"]
    assert page.model.prompt.state.item().variables == {"name": "Ada"}


def test_add_edit_move_delete_examples(driver: Driver) -> None:
    page = driver.page
    section = page.prompt.examples
    section.set_open(True)
    for text in ("one", "two"):
        driver.qtbot.mouseClick(section.add_button, Qt.MouseButton.LeftButton)
        cell = QApplication.focusWidget()
        driver.qtbot.keyClicks(cell, text)
        driver.qtbot.keyClick(cell, Qt.Key.Key_Return)
    assert [example.input for example in section.examples()] == ["one", "two"]
    section.table.selectRow(1)
    driver.qtbot.mouseClick(section.up_button, Qt.MouseButton.LeftButton)
    assert [example.input for example in page.model.prompt.state.examples] == ["two", "one"]
    driver.qtbot.mouseClick(section.delete_button, Qt.MouseButton.LeftButton)
    assert [example.input for example in page.model.prompt.state.examples] == ["one"]
    undo(driver)
    undo(driver)
    assert [example.input for example in section.examples()] == ["one", "two"]


def test_import_csv_and_jsonl(driver: Driver, tmp_path: Path) -> None:
    page = driver.page
    csv = tmp_path / "good.csv"
    csv.write_text('input,steps,output\n"1, 2",,3\n二加二,2 + 2 = 4,4\n', encoding="utf-8")
    with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
        page.prompt.examples.import_file(csv)
    assert page.model.prompt.state.examples == (
        Example("1, 2", "3", ""),
        Example("二加二", "4", "2 + 2 = 4"),
    )
    lines = tmp_path / "more.jsonl"
    lines.write_text('{"input": "a", "output": "b"}\n', encoding="utf-8")
    with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
        page.prompt.examples.import_file(lines)
    assert page.model.prompt.state.examples[-1] == Example("a", "b")
    undo(driver)
    assert len(page.model.prompt.state.examples) == 2


def test_a_ragged_csv_is_refused_with_its_line(driver: Driver, tmp_path: Path) -> None:
    page = driver.page
    page.model.prompt.set_examples((Example("kept", "yes"),))
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("input,output\na,b\nc\n", encoding="utf-8")
    note = page.prompt.examples.note
    page.prompt.examples.import_file(ragged)
    driver.qtbot.waitUntil(lambda: not note.isHidden(), timeout=RUN_MS)
    assert "ragged.csv" in note.message.text()
    assert "3" in note.message.text()
    assert note.hint.text()
    assert page.model.prompt.state.examples == (Example("kept", "yes"),)


def test_paste_rows(driver: Driver) -> None:
    page = driver.page
    QGuiApplication.clipboard().setText("input\toutput\n红\t颜色\nsquare\tshape")
    page.prompt.examples.set_open(True)
    with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
        driver.qtbot.mouseClick(page.prompt.examples.paste_button, Qt.MouseButton.LeftButton)
    assert page.model.prompt.state.examples == (
        Example("红", "颜色"),
        Example("square", "shape"),
    )


def test_fifty_thousand_characters_are_pasted_and_undone(driver: Driver) -> None:
    page = driver.page
    editor = page.prompt.fields["input"].editor
    text = "".join(f"line {n} 中文 {{{{x}}}}\n" for n in range(3000))[:50_000]
    QGuiApplication.clipboard().setText(text)
    editor.selectAll()
    editor.paste()
    assert page.model.prompt.state.input == text
    assert list(page.prompt.variables) == ["x"]
    undo(driver)
    assert editor.toPlainText() == "1 + 2"
    redo(driver)
    assert editor.toPlainText() == text


def test_tab_walks_through_the_elements_in_reading_order(driver: Driver) -> None:
    page = driver.page
    page.prompt.fields["instruction"].editor.setFocus()
    seen = []
    for _ in range(40):
        driver.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    names = ("input", "expected")
    places = [seen.index(page.prompt.fields[name].editor) for name in names]
    assert places == sorted(places)
    assert any(chip.chip in seen for chip in page.techniques.chips.values())


def test_ctrl_enter_in_a_field_runs(driver: Driver) -> None:
    page = driver.page
    driver.choose("zero-shot")
    editor = page.prompt.fields["input"].editor
    editor.setFocus()
    with driver.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.model.columns[0].state == "finished"
    assert editor.toPlainText() == "1 + 2"


def test_chip_settings_change_what_is_sent(driver: Driver) -> None:
    page = driver.page
    page.model.prompt.set_examples((Example("1", "2"), Example("3", "4")))
    page.techniques.add_technique("few-shot")
    popup = page.techniques.popup
    assert popup is not None
    popup.shots.setValue(1)
    popup.layout_choice.setCurrentIndex(popup.layout_choice.findData("turns"))
    popup.close()
    page.techniques.chips["zero-shot-cot"].more.click()
    popup = page.techniques.popup
    popup.trigger.setEditText("Think hard.")
    popup.close()
    driver.choose("few-shot 2", "zero-shot-cot")
    driver.run()
    cot, turns = (column.result for column in page.model.columns)
    sent = "".join(part.text for part in turns.sent)
    assert "1" in sent
    assert "Q:" not in sent
    assert sum(part.element == "example" for part in turns.sent) == 2
    assert "Think hard." in "".join(part.text for part in cot.sent)
