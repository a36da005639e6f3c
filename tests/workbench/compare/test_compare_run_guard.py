"""A double click on Run runs; only a later click stops. Steps follow the language."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from engine.jobs.events import Progress
from tests.workbench.compare.conftest import RUN_MS, Driver
from workbench.services import engine_words


def test_two_immediate_clicks_on_run_are_one_run(driver: Driver) -> None:
    page = driver.page
    driver.choose("zero-shot")
    page.sampling.max_new_tokens.setValue(64)
    with driver.qtbot.waitSignal(page.model.finished, timeout=RUN_MS):
        driver.qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
        assert page.model.running
        assert page.header.primary.text() == "Stop"
        assert not page.header.primary.isEnabled()
        driver.qtbot.mouseClick(page.header.primary, Qt.MouseButton.LeftButton)
    assert page.model.columns[0].state == "finished"
    assert page.header.primary.text() == "Run"
    assert page.header.primary.isEnabled()


def test_stop_can_be_clicked_once_the_double_click_is_over(driver: Driver) -> None:
    page = driver.page
    page.model.running_changed.disconnect(page.control.running_changed)
    page.model._runs.append(object())  # type: ignore[arg-type]
    page.control.running_changed(True)
    assert not page.header.primary.isEnabled()
    driver.qtbot.waitUntil(page.header.primary.isEnabled)
    page.model._runs.clear()
    page.control.running_changed(False)
    assert page.header.primary.text() == "Run"


def test_the_step_follows_the_language(driver: Driver) -> None:
    page = driver.page
    page.strip.show_progress(Progress(job_id="one", fraction=0.0, text="0 of 3 answers"))
    assert page.strip.step.text() == "0 of 3 answers"
    engine_words.speak("zh_CN")
    try:
        QApplication.sendEvent(page.strip, QEvent(QEvent.Type.LanguageChange))
        assert page.strip.step.text() == "0 / 3 个回答"
    finally:
        engine_words.speak("en")
