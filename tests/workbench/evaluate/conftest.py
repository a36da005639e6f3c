"""The program with its Evaluate and Library pages and a tiny model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.models.reference import ModelRef
from tests.support import qt
from tests.support.tiny_models import save_tiny
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.views.evaluate.page import EvaluatePage

PATIENCE_MS = 60_000
OFFERED = ("compare", "evaluate", "library")


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random LLaMA on disk, with its byte tokenizer."""
    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    save_tiny("llama", folder)
    return folder


@pytest.fixture
def program(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, tiny_llama: Path
) -> Iterator[Application]:
    """The window with three pages and the tiny model chosen."""
    pages = tuple(page for page in PAGES if page.id in OFFERED)
    with qt.running_application(qapp, tmp_path / "home", pages) as application:
        application.services.model.choose(ModelRef(str(tiny_llama)))
        yield application


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds."""

    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    return wait


@pytest.fixture
def page(program: Application, until) -> EvaluatePage:
    """The page with four items of a task, two techniques and short answers, planned."""
    found = program.window.show_page("evaluate")
    assert isinstance(found, EvaluatePage)
    setup = found.model.setup
    on = ("zero-shot", "few-shot")
    chips = tuple(replace(one, checked=one.uid in on) for one in setup.compare.variants)
    sampling = replace(setup.compare.sampling, max_new_tokens=4)
    compare = replace(setup.compare, variants=chips, sampling=sampling)
    found.model.set_setup(replace(setup, items=4, shots=1, compare=compare))
    until(lambda: found.model.plan is not None)
    return found


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Six questions whose answers are in a column of an unusual name."""
    lines = [
        {"nr": f"q{n}", "text": f"What is {n} plus {n}?", "truth": str(2 * n), "kept": [n]}
        for n in range(6)
    ]
    path = tmp_path / "sums.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def click(qtbot: QtBot, widget: object) -> None:
    """A click with the left button."""
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def imported(page: EvaluatePage, path: Path, qtbot: QtBot, until) -> None:
    """Import the file of questions with its answers."""
    dialog = page.files.read(path, {"expected": "truth"})
    until(lambda: dialog.dataset is not None)
    click(qtbot, dialog.ok)
    until(lambda: page.model.plan is not None and page.model.plan.dataset is not None)
