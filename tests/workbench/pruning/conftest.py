"""A whole program with a tiny model, and help to drive the page “Pruning”."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.models.reference import LoadOptions, ModelRef
from tests.support import qt
from tests.support.driving import RUN_MS, PageDriver, write_words
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.viewmodels.pruning import Topic
from workbench.viewmodels.pruning_setup import PruneSetup
from workbench.views.pruning.page import PruningPage

__all__ = ["RUN_MS", "Driver"]


@pytest.fixture(scope="session")
def tiny_ref(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """A tiny random LLaMA on disk, with its byte tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return ModelRef(str(folder), options=LoadOptions(dtype="float32"))


@pytest.fixture(scope="session")
def text_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Running text, some thousand bytes."""
    return write_words(tmp_path_factory.mktemp("texts") / "text.txt", 900, seed=7)


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


class Driver(PageDriver):
    """A person at the page."""

    def __init__(self, qtbot: QtBot, page: PruningPage) -> None:
        super().__init__(qtbot, page)
        self.page = page
        self.model = page.model
        self.live = page.model.live

    def topic(self, topic: Topic) -> None:
        """Click a topic's chip."""
        self.click(self.page.bar.chips[topic])

    def at_rest(self, action: Callable[[], object]) -> None:
        """Do something and wait until the slider's copy is cut and measured."""
        self.until(self.live.rested, action)
        assert self.live.losses is not None

    def run(self, topic: Topic, widget: QWidget | None = None) -> None:
        """Click the primary action (or another button) and wait for the topic's job."""
        self.topic(topic)
        wanted = widget or self.page.header.primary
        self.until(self.model.slot(topic).ended, partial(self.click, wanted))


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
