"""What the engine said in English stands on screen in the window's language, live."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from engine.errors import ErrorReport
from engine.jobs.events import Failed
from engine.models.reference import ModelRef
from engine.models.spec import LoadModelSpec
from workbench.services.engine_words import speak, tell
from workbench.services.preferences import LANGUAGE
from workbench.viewmodels.jobs_table import PROGRESS, JobsTable
from workbench.widgets.error_note import ErrorNote

EMPTY = ErrorReport(
    "prompt", "The prompt is empty.", "Write an instruction or an input, then run again.", "trace"
)


def test_an_error_note_follows_the_language(shell, qtbot):
    note = ErrorNote(shell.window)
    note.show_report(EMPTY)
    assert note.message.text() == "⚠ The prompt is empty."
    shell.services.settings.set(LANGUAGE, "zh_CN")
    assert note.message.text() == "⚠ 提示词为空。"
    assert note.hint.text() == "请填写指令或输入，然后重新运行。"
    assert "提示词为空" in note.accessibleName()
    assert note.details.toPlainText() == "trace"
    assert note.report() == EMPTY
    shell.services.settings.set(LANGUAGE, "en")
    assert note.message.text() == "⚠ The prompt is empty."
    assert note.accessibleName() == str(EMPTY)


def test_a_toast_says_an_error_in_the_language_of_the_window(shell, qtbot):
    shell.services.settings.set(LANGUAGE, "zh_CN")
    shell.services.notify.error(EMPTY)
    texts = [label.text() for label in shell.window.findChildren(QLabel)]
    assert any(text.startswith("提示词为空。") for text in texts)


def test_a_failed_job_says_why_in_the_language_of_the_window(shell, qtbot):
    jobs = shell.services.jobs
    table = JobsTable(jobs)
    ended: list[Failed] = []
    spec = LoadModelSpec(ModelRef("no-such-model"))
    job = jobs.submit(spec, lambda e: ended.append(e) if isinstance(e, Failed) else None)
    qtbot.waitUntil(lambda: bool(ended), timeout=30_000)
    row = jobs.row(job.id)
    assert row is not None
    assert row.title == "Load no-such-model"
    assert row.error_text.startswith("The model “no-such-model” is not on this computer.")
    shell.services.settings.set(LANGUAGE, "zh_CN")
    assert row.title == "加载 no-such-model"
    assert row.error_text.startswith("模型“no-such-model”不在这台电脑上。")
    shown = table.index(0, PROGRESS).data()
    assert shown == row.error_text


def test_a_negative_number_is_a_number_whatever_its_minus():
    speak("zh_CN")
    try:
        for minus in "-−":
            told = tell(f"95 % CI {minus}35 to 17, p = 1, 12 items")
            assert told == f"95% 置信区间 {minus}35 至 17，p = 1，12 题"
    finally:
        speak("en")
