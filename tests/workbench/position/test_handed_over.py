"""“See its positions” on a column of Compare opens its prompt and answer on the page Position."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.support import qt
from tests.workbench.position.conftest import RUN_MS
from workbench.bootstrap import Application
from workbench.pages import PAGES


@pytest.fixture
def both(qtbot, qapp: QApplication, tmp_path: Path, tiny) -> Iterator[Application]:
    pages = tuple(page for page in PAGES if page.id in ("compare", "position"))
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny["llama"])
        yield application


def test_a_column_of_compare_opens_here(both, qtbot):
    compare = both.window.show_page("compare")
    with qtbot.waitSignal(compare.model.finished, timeout=RUN_MS):
        qtbot.mouseClick(compare.header.primary, Qt.MouseButton.LeftButton)
    column = next(one for one in compare.model.columns if one.result is not None)
    compare.columns.views[column.uid].do("positions")
    page = both.window.current_page()
    assert page.page_id == "position"
    qtbot.waitUntil(lambda: page.model.capture is not None, timeout=RUN_MS)
    prompt = column.result.prompt_ids
    assert page.model.capture.ids[: len(prompt)] == prompt
    assert page.model.given is not None
    assert page.subject.about.isVisible()
