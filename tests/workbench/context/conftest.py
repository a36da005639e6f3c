"""A whole program with a tiny model, and help to drive the page “Context”."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.models.reference import LoadOptions, ModelRef
from tests.support import qt
from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.viewmodels.context import Topic
from workbench.views.context.page import ContextPage

RUN_MS = 120_000
WORDS = "one two three red green blue house tree river stone apple 7 12 30 . ,".split()


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
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture(scope="session")
def running_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Words in random order, some thousand bytes."""
    rng = random.Random(11)
    file = tmp_path_factory.mktemp("context-texts") / "text.txt"
    file.write_text(" ".join(rng.choice(WORDS) for _ in range(1200)), encoding="utf-8")
    return file


@pytest.fixture
def bench(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_llama: ModelRef
) -> Iterator[Application]:
    """The program with this page and the tiny model chosen."""
    pages = tuple(page for page in PAGES if page.id in ("compare", "context"))
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny_llama)
        yield application


class Driver:
    """What a person does, and waiting for what the program then does."""

    def __init__(self, qtbot: QtBot, page: ContextPage) -> None:
        self.qtbot = qtbot
        self.page = page
        self.model = page.model

    def click(self, widget: QWidget) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def topic(self, topic: Topic) -> None:
        """Click a topic's chip."""
        self.click(self.page.bar.chips[topic])

    def number(self, name: str, text: str) -> None:
        """Type a figure and confirm it with Return."""
        box = self.page.findChild(QDoubleSpinBox, name) or self.page.findChild(QSpinBox, name)
        assert box is not None, name
        box.setFocus()
        box.selectAll()
        self.qtbot.keyClicks(box, text)
        self.qtbot.keyClick(box, Qt.Key.Key_Return)

    def write(self, name: str, text: str) -> None:
        """Type a line and confirm it with Return."""
        field = self.find(QLineEdit, name)
        assert isinstance(field, QLineEdit)
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a picker by its text."""
        box = self.find(QComboBox, name)
        assert isinstance(box, QComboBox)
        box.setCurrentIndex(box.findText(text))
        assert box.currentText() == text
        box.activated.emit(box.currentIndex())

    def until(self, signal: SignalInstance, action: Callable[[], object]) -> None:
        """Do something and wait for what it leads to."""
        with self.qtbot.waitSignal(signal, timeout=RUN_MS):
            action()

    def run(self, topic: Topic) -> None:
        """Click the primary action and wait for the topic's job."""
        self.topic(topic)
        ended = self.model.slot(topic).ended
        self.until(ended, lambda: self.click(self.page.header.primary))


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
