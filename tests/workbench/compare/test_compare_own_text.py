"""Text that the person wrote is never replaced unasked."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from tests.workbench.compare.conftest import Driver
from workbench.viewmodels.prompt_model import PromptModel
from workbench.viewmodels.prompt_presets import preset, without_wrong_name


def test_the_chinese_chip_keeps_own_text(driver: Driver) -> None:
    page = driver.page
    page.load_sample()
    field = page.prompt.fields["input"].editor
    assert page.prompt.task.currentData() == "story"
    field.setPlainText("Why is the sky blue?")
    assert page.prompt.task.currentData() == ""
    before = page.model.prompt.state
    driver.qtbot.mouseClick(page.prompt.chinese, Qt.MouseButton.LeftButton)
    assert page.model.prompt.state == replace(before, language="zh")
    assert field.toPlainText() == "Why is the sky blue?"
    page.prompt.undo()
    assert page.model.prompt.state == before
    assert page.prompt.english.isChecked()


def test_an_unedited_preset_changes_its_language(driver: Driver) -> None:
    page = driver.page
    page.load_sample()
    driver.qtbot.mouseClick(page.prompt.chinese, Qt.MouseButton.LeftButton)
    assert page.model.prompt.state == preset("story", "zh")
    assert page.prompt.task.currentData() == "story"


def test_a_preset_is_itself_again_when_edited_back() -> None:
    model = PromptModel()
    model.restore(preset("story", "en"))
    text = model.state.instruction
    model.set_text("instruction", text + "!")
    assert model.state.task == ""
    model.set_text("instruction", text)
    assert model.state == preset("story", "en")
    model.set_examples(())
    assert model.state.task == ""
    model.undo_stack.undo()
    assert model.state.task == "story"


def test_a_session_does_not_bring_an_edited_preset_back_under_its_name() -> None:
    plain = preset("story", "en")
    assert without_wrong_name(plain, 0) == plain
    edited = replace(plain, input="mine")
    assert without_wrong_name(edited, 0) == replace(edited, task="")
