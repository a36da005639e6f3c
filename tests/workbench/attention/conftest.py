"""A whole program with a tiny model, and help to drive the page “Attention”."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.models.reference import LoadOptions, ModelRef
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.views.attention.page import AttentionPage

RUN_MS = 90_000
TEXT = "one two one two one"


@pytest.fixture(scope="session")
def tiny_ref(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random LLaMA on disk, with its byte tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture(scope="session")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random T5 on disk: encoder, decoder and cross-attention."""
    folder = tmp_path_factory.mktemp("models") / "tiny-t5"
    save_tiny("t5", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture
def bench(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_ref: ModelRef
) -> Iterator[Application]:
    """The program with the two pages and the tiny model chosen."""
    pages = tuple(page for page in PAGES if page.id in ("compare", "attention"))
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny_ref)
        yield application


@pytest.fixture
def page(bench: Application) -> AttentionPage:
    found = bench.window.show_page("attention")
    bench.window.resize(1400, 900)
    assert isinstance(found, AttentionPage)
    return found


class Driver:
    """What a person does, and waiting for what the program then does."""

    def __init__(self, qtbot: QtBot, page: AttentionPage) -> None:
        self.qtbot = qtbot
        self.page = page

    def click(self, widget, at=None) -> None:
        if at is None:
            self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        else:
            self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)

    def type_text(self, text: str, question: bool = False) -> None:
        """Write another text into the field."""
        if self.page.source.chat.isChecked() != question:
            self.click(self.page.source.chat)
        self.page.source.text.selectAll()
        self.qtbot.keyClicks(self.page.source.text, text)

    def look(self, text: str = TEXT) -> None:
        """Type a text, click Look inside, wait for atlas and bars."""
        self.type_text(text)
        page = self.page
        with self.qtbot.waitSignals(
            [
                page.atlas_model.pictures_changed,
                page.ablation.result_changed,
                page.map.colours_changed,
            ],
            timeout=RUN_MS,
            check_params_cbs=[_always, page_has_bars(page), _always],
        ):
            self.click(page.header.primary)
        for _ in range(3):  # what came changes the heights of its neighbours, in turn
            QApplication.processEvents()

    def view(self, view: str) -> None:
        """Click a view's chip."""
        self.click(self.page.views[view])


def _always(*_: object) -> bool:
    return True


def page_has_bars(page: AttentionPage):
    def has(*_: object) -> bool:
        return page.ablation.result is not None

    return has


@pytest.fixture
def driver(qtbot: QtBot, page: AttentionPage) -> Driver:
    return Driver(qtbot, page)
