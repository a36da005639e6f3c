"""The verdict over the answers of both states."""

from __future__ import annotations

import pytest

from engine.errors import DataError
from tests.workbench.pruning.conftest import RUN_MS, Driver
from workbench.viewmodels import pruning_prompts
from workbench.viewmodels.pruning_prompts import PromptsChoice


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
