"""A whole program with a tiny model, and help to drive the page “Context”."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.models.reference import LoadOptions, ModelRef
from tests.support import qt
from tests.support.driving import RUN_MS, PageDriver, write_words
from tests.support.tiny_models import CHAT_TEMPLATE, CONTEXT, save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.viewmodels.context import Topic
from workbench.views.context.page import ContextPage

__all__ = ["RUN_MS", "Driver"]


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random LLaMA on disk, with its byte tokenizer and a chat format."""
    folder = tmp_path_factory.mktemp("context-models") / "tiny-llama"
    save_tiny("llama", folder, chat_template=CHAT_TEMPLATE)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture(scope="session")
def tiny_bloom(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random BLOOM, which has ALiBi."""
    folder = tmp_path_factory.mktemp("context-models") / "tiny-bloom"
    save_tiny("bloom", folder, chat_template=CHAT_TEMPLATE)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["seq_length"] = CONTEXT  # BLOOM's own key; without it 2,048 would be assumed
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture(scope="session")
def running_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Words in random order, some thousand bytes."""
    return write_words(tmp_path_factory.mktemp("context-texts") / "text.txt", 1200, seed=11)


@pytest.fixture
def bench(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_llama: ModelRef
) -> Iterator[Application]:
    """The program with this page and the tiny model chosen."""
    pages = tuple(page for page in PAGES if page.id in ("compare", "context"))
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny_llama)
        yield application


class Driver(PageDriver):
    """A person at the page."""

    def __init__(self, qtbot: QtBot, page: ContextPage) -> None:
        super().__init__(qtbot, page)
        self.page = page
        self.model = page.model

    number = write = PageDriver.type_in

    def topic(self, topic: Topic) -> None:
        """Click a topic's chip."""
        self.click(self.page.bar.chips[topic])

    def run(self, topic: Topic) -> None:
        """Click the primary action and wait for the topic's job."""
        self.topic(topic)
        self.until(self.model.slot(topic).ended, partial(self.click, self.page.header.primary))


@pytest.fixture
def driver(bench: Application, qtbot: QtBot, running_text: Path) -> Driver:
    """The page with few keys and a small text."""
    page = bench.window.show_page("context")
    assert isinstance(page, ContextPage)
    made = Driver(qtbot, page)
    made.until(page.model.described, lambda: None) if page.model.anatomy is None else None
    page.model.set_setup(
        replace(
            page.model.setup, methods=("direct", "linear", "rerope"), lengths=("1x", "2x"),
            needles=2, most=4, width=0.0, windows=1, stride=32, text=str(running_text),
        )
    )  # fmt: skip
    return made
