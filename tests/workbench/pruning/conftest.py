"""A whole program with a tiny model, and help to drive the page “Pruning”."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QSlider, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from engine.models.reference import LoadOptions, ModelRef
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.viewmodels.pruning import Topic
from workbench.viewmodels.pruning_setup import PruneSetup
from workbench.views.pruning.page import PruningPage

RUN_MS = 90_000
WORDS = "one two three red green blue house tree river stone apple 7 12 30 . ,".split()


@pytest.fixture(scope="session")
def tiny_ref(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random LLaMA on disk, with its byte tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture(scope="session")
def text_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Running text, some thousand bytes."""
    rng = random.Random(7)
    file = tmp_path_factory.mktemp("texts") / "text.txt"
    file.write_text(" ".join(rng.choice(WORDS) for _ in range(900)), encoding="utf-8")
    return file


@pytest.fixture
def bench(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_ref: ModelRef
) -> Iterator[Application]:
    """The program with the pages that work together and the tiny model chosen."""
    names = ("compare", "attention", "pruning")
    pages = tuple(page for page in PAGES if page.id in names)
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(tiny_ref)
        yield application


class Driver:
    """What a person does, and waiting for what the program then does."""

    def __init__(self, qtbot: QtBot, page: PruningPage) -> None:
        self.qtbot = qtbot
        self.page = page
        self.model = page.model
        self.live = page.model.live

    def click(self, widget: QWidget) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def topic(self, topic: Topic) -> None:
        """Click a topic's chip."""
        self.click(self.page.bar.chips[topic])

    def type_in(self, name: str, text: str) -> None:
        """Type a figure and confirm it with Return."""
        box = self.page.findChild(QDoubleSpinBox, name) or self.page.findChild(QSpinBox, name)
        assert box is not None, name
        box.setFocus()
        box.selectAll()
        self.qtbot.keyClicks(box, text)
        self.qtbot.keyClick(box, Qt.Key.Key_Return)

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a picker by its text."""
        box = self.find(QComboBox, name)
        assert isinstance(box, QComboBox)
        box.setCurrentIndex(box.findText(text))
        assert box.currentText() == text
        box.activated.emit(box.currentIndex())

    def slide(self, name: str, key: Qt.Key, times: int = 1) -> None:
        """Move a slider with the keys."""
        slider = self.find(QSlider, name)
        for _ in range(times):
            self.qtbot.keyClick(slider, key)

    def at_rest(self, action: Callable[[], object]) -> None:
        """Do something and wait until the slider's copy is cut and measured."""
        with self.qtbot.waitSignal(self.live.rested, timeout=RUN_MS):
            action()
        assert self.live.losses is not None

    def run(self, topic: Topic, widget: QWidget | None = None) -> None:
        """Click the primary action (or another button) and wait for the topic's job."""
        self.topic(topic)
        with self.qtbot.waitSignal(self.model.slot(topic).ended, timeout=RUN_MS):
            self.click(widget or self.page.header.primary)


@pytest.fixture
def driver(
    bench: Application, qtbot: QtBot, text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Driver:
    """The page at rest: a small text is read, a few windows are measured."""
    monkeypatch.setattr("workbench.viewmodels.pruning_setup.TIMED_TOKENS", 2)
    found = bench.window.show_page("pruning")
    assert isinstance(found, PruningPage)
    found.model.live.drop()
    made = Driver(qtbot, found)
    setup = PruneSetup(windows=4, length=48, measured=6)
    found.panel.calibration.take_file(str(text_file))
    found.panel.evaluation.take_file(str(text_file))
    found.model.live.drop()
    texts = found.model.setup
    made.at_rest(
        lambda: found.model.set_setup(
            replace(setup, calibration=texts.calibration, evaluation=texts.evaluation)
        )
    )
    return made
