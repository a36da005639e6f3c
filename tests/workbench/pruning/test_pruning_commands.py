"""“Copy as command” where the settings make no command."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from tests.workbench.pruning.conftest import Driver


@pytest.mark.parametrize("topic", ["weights", "curves"])
def test_why_there_is_no_command_is_said(driver: Driver, qapp: QApplication, topic: str) -> None:
    page = driver.page
    setup = driver.model.setup
    driver.model.set_setup(replace(setup, evaluation=replace(setup.evaluation, path="")))
    driver.live.drop()
    qapp.clipboard().setText("before")
    menu = page.weights.rows_menu if topic == "weights" else page.curves.table_card.menu
    with driver.qtbot.waitSignal(page.services.notify.posted) as told:
        menu.entries["command"].trigger()
    (notice,) = told.args
    assert notice.text.startswith("No text file is chosen.")
    assert notice.level == "bad"
    assert qapp.clipboard().text() == "before"
