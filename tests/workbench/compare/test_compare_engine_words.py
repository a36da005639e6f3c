"""The engine's errors in the columns are said in the window's language, live."""

from __future__ import annotations

from tests.workbench.compare.conftest import Driver
from workbench.bootstrap import Application
from workbench.services.preferences import LANGUAGE
from workbench.viewmodels.prompt_state import PromptState
from workbench.widgets.error_note import ErrorNote


def test_a_columns_error_follows_the_language(driver: Driver, bench: Application) -> None:
    driver.choose("zero-shot", "few-shot")
    driver.run()
    note = driver.view(1).note
    assert "needs examples" in note.message.text()
    bench.services.settings.set(LANGUAGE, "zh_CN")
    assert note.message.text() == "⚠ 技巧“few-shot”需要示例，而提示词中没有。"
    assert note.hint.text() == "请在表格中至少添加一个示例，或导入示例。"
    bench.services.settings.set(LANGUAGE, "en")
    assert "needs examples" in note.message.text()


def test_a_refusal_at_a_field_is_said_in_chinese(driver: Driver, bench: Application) -> None:
    bench.services.settings.set(LANGUAGE, "zh_CN")
    driver.page.model.prompt.restore(PromptState(instruction="Say {{word}}.", input="x"))
    driver.page.model.run()
    notes = [note for note in driver.page.findChildren(ErrorNote) if note.report()]
    assert [note.message.text() for note in notes] == ["⚠ 提示词用到了 {{word}}，但它没有值。"]
