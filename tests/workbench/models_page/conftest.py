"""The window with its Models page over a folder of tiny models."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent

from engine.models import catalog
from tests.support.qt import running_application
from tests.support.tiny_models import save_tiny, tiny_model
from workbench.bootstrap import Application
from workbench.pages import PAGES
from workbench.views.models.page import ModelsPage

PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``llama``, ``bloom``, ``pickled`` (no safetensors) and ``broken`` (a config of garbage)."""
    import torch

    root = tmp_path_factory.mktemp("models")
    for name in ("llama", "bloom"):
        save_tiny(name, root / name)
    shutil.copytree(root / "llama", root / "pickled")
    (root / "pickled" / "model.safetensors").unlink()
    torch.save(tiny_model("llama")[0].state_dict(), root / "pickled" / "pytorch_model.bin")
    shutil.copytree(root / "llama", root / "broken")
    (root / "broken" / "config.json").write_text("{ not JSON")
    return root


@pytest.fixture
def program(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    """The program with its Models page alone, and no model of its own."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(catalog, "TEACHING_MODELS", tmp_path / "none")
    pages = tuple(page for page in PAGES if page.id == "models")
    with running_application(qapp, tmp_path / "home", pages) as application:
        yield application


@pytest.fixture
def page(program: Application) -> ModelsPage:
    """The page, shown."""
    found = program.window.show_page("models")
    assert isinstance(found, ModelsPage)
    return found


@pytest.fixture
def until(qtbot) -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds."""

    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    return wait


@pytest.fixture
def full_page(page: ModelsPage, tiny_folder: Path, until) -> ModelsPage:
    """The page after the folder of tiny models was dropped on it."""
    drop(page, tiny_folder)
    until(lambda: page.list.table.rowCount() == 4 and not page.state.describing)
    return page


def drop(page: ModelsPage, path: Path) -> None:
    """Drop a folder or file on the page, as the window system does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    page.dropEvent(event)
    assert event.isAccepted()


def choose(page: ModelsPage, name: str, until) -> None:
    """Select a model by its row and wait until it was looked at."""
    view = page.list.view
    model = view.model()
    rows = {model.index(row, 0).data(): row for row in range(model.rowCount())}
    view.selectRow(rows[name])
    until(lambda: not page.state.describing)
