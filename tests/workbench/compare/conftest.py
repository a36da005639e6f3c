"""A whole program with a tiny model, and help to drive its comparison page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.models.reference import ModelRef
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.viewmodels.prompt_state import PromptState
from workbench.views.compare.page import ComparePage

RUN_MS = 60_000


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random LLaMA on disk, with its byte tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return folder


@pytest.fixture
def bench(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_folder: Path
) -> Iterator[Application]:
    """The program with the comparison page and the tiny model chosen."""
    pages = tuple(page for page in PAGES if page.id == "compare")
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(ModelRef(str(tiny_folder)))
        yield application


@pytest.fixture
def page(bench: Application) -> ComparePage:
    """The comparison page with a short prompt and eight tokens per answer."""
    found = bench.window.show_page("compare")
    assert isinstance(found, ComparePage)
    found.model.prompt.restore(PromptState(instruction="Add.", input="1 + 2", expected="3"))
    setup = found.model.setup
    found.model.set_setup(replace(setup, sampling=replace(setup.sampling, max_new_tokens=8)))
    return found


class Driver:
    """What a person does, and waiting for what the program then does."""

    def __init__(self, qtbot: QtBot, page: ComparePage) -> None:
        self.qtbot = qtbot
        self.page = page

    def choose(self, *techniques: str) -> None:
        """Click the chips until exactly these techniques are on."""
        from PySide6.QtCore import Qt

        for uid, chip in self.page.techniques.chips.items():
            if chip.chip.isChecked() != (uid in techniques):
                self.qtbot.mouseClick(chip.chip, Qt.MouseButton.LeftButton)

    def run(self) -> None:
        """Click Run and wait until every column has ended."""
        from PySide6.QtCore import Qt

        assert self.page.header.primary is not None
        with self.qtbot.waitSignal(self.page.model.finished, timeout=RUN_MS):
            self.qtbot.mouseClick(self.page.header.primary, Qt.MouseButton.LeftButton)

    def view(self, place: int):
        """The column widget at a place."""
        return self.page.columns.views[self.page.model.columns[place].uid]


@pytest.fixture
def driver(qtbot: QtBot, page: ComparePage) -> Driver:
    return Driver(qtbot, page)
