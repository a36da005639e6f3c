"""A whole program with a tiny model, and help to drive the page “Why”."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.decoding.params import Sampling
from engine.evaluation.spec import CompareSpec, Variant
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Example, Item, PromptElements
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.viewmodels.why import Topic
from workbench.views.why.page import WhyPage

RUN_MS = 90_000


@pytest.fixture(scope="session")
def tiny_ref(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random LLaMA on disk, with its byte tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture
def asked(tiny_ref: ModelRef) -> CompareSpec:
    """Two columns, two questions, two examples."""
    return CompareSpec(
        models=(tiny_ref,),
        prompt=PromptElements(
            instruction="Say <it>.",
            examples=(Example("one", "1"), Example("two", "2")),
            input="{{q}}",
        ),
        variants=(Variant("few-shot"), Variant("zero-shot")),
        items=(Item("a", {"q": "four"}, "4"), Item("b", {"q": "nine"}, "9")),
        sampling=Sampling(max_new_tokens=4),
        extraction=("exact",),
    )


@pytest.fixture
def bench(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_ref: ModelRef
) -> Iterator[Application]:
    """The program with the two pages and the tiny model chosen."""
    pages = tuple(page for page in PAGES if page.id in ("compare", "why"))
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny_ref)
        yield application


@pytest.fixture
def page(bench: Application) -> WhyPage:
    found = bench.window.show_page("why")
    assert isinstance(found, WhyPage)
    return found


class Driver:
    """What a person does, and waiting for what the program then does."""

    def __init__(self, qtbot: QtBot, page: WhyPage) -> None:
        self.qtbot = qtbot
        self.page = page

    def click(self, widget) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def topic(self, topic: Topic) -> None:
        """Click a topic's chip."""
        self.click(self.page.topics[topic])

    def explain(self, button=None) -> None:
        """Click Explain (or another button that runs) and wait for the end."""
        with self.qtbot.waitSignal(self.page.model.finished, timeout=RUN_MS):
            self.click(button or self.page.header.primary)


@pytest.fixture
def driver(qtbot: QtBot, page: WhyPage) -> Driver:
    return Driver(qtbot, page)
