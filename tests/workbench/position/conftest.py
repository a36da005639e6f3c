"""The theme for plots that stand alone, and a whole program with tiny models for the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from engine.models.reference import LoadOptions, ModelRef
from engine.paths import RESOURCES
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PageEntry
from workbench.services.theme import Theme
from workbench.viewmodels.position import Topic
from workbench.views.position.page import PositionPage

RUN_MS = 90_000
TEXT = "abc abd abc abe"


@pytest.fixture
def theme(qapp) -> Iterator[Theme]:
    theme = Theme(qapp, RESOURCES)
    theme.apply("light")
    yield theme
    theme.deleteLater()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelRef]:
    """Tiny random models on disk: rotating, with ALiBi, with a learned table, with buckets."""
    found = {}
    for name in ("llama", "bloom", "gpt2", "t5"):
        folder = tmp_path_factory.mktemp("models") / f"tiny-{name}"
        save_tiny(name, folder)
        found[name] = ModelRef(str(folder), options=LoadOptions(dtype="float32"))
    return found


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny) -> Iterator[Application]:
    """The program with this page and the tiny LLaMA chosen."""
    entry = PageEntry("position", "position", str, f"{PositionPage.__module__}:PositionPage")
    with qt.running_application(qapp, tmp_path / "home", (entry,)) as application:
        application.services.model.choose(tiny["llama"])
        yield application


@pytest.fixture
def page(bench: Application, qtbot: QtBot) -> PositionPage:
    found = bench.window.show_page("position")
    assert isinstance(found, PositionPage)
    return found


class Driver:
    """What a person does, and waiting for what the program then does."""

    def __init__(self, qtbot: QtBot, page: PositionPage) -> None:
        self.qtbot = qtbot
        self.page = page

    def click(self, widget: QAbstractButton) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def look(self, text: str = TEXT) -> None:
        """Type a text and click Look inside."""
        self.page.subject.text.setFocus()
        self.page.subject.text.selectAll()
        self.qtbot.keyClicks(self.page.subject.text, text)
        with self.qtbot.waitSignal(self.page.model.finished, timeout=RUN_MS):
            self.click(self.page.header.primary)
        assert self.page.note.report() is None, self.page.note.report()

    def topic(self, topic: Topic) -> None:
        """Click a topic's chip."""
        self.click(self.page.topics[topic])

    def until(self, condition) -> None:
        """Run the event loop until something holds."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=RUN_MS)


@pytest.fixture
def driver(qtbot: QtBot, page: PositionPage) -> Driver:
    return Driver(qtbot, page)
