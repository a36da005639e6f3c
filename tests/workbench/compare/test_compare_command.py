"""“Copy as command” gives a line that runs as it stands."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from typer.testing import CliRunner

from engine.cli import app
from engine.commands import compare
from engine.commands.compare_options import build
from engine.evaluation.spec import Branch, CellKey, CompareSpec, Variant
from engine.models.reference import ModelRef
from engine.prompting.elements import PromptElements
from tests.support import qt
from tests.workbench.compare.conftest import RUN_MS
from tests.workbench.compare.fake_jobs import cell, records
from workbench.pages import PAGES
from workbench.viewmodels.compare_history import StoredColumn

KEYS = (CellKey(variant=0), CellKey(variant=1))
# Two numbers of shots: no line can say that.
SPEC = CompareSpec(
    prompt=PromptElements(input="1 + 2"),
    variants=(Variant("few-shot", shots=1), Variant("few-shot", name="all")),
)


@pytest.fixture
def page(qapp, qtbot, tmp_path: Path, tiny_folder: Path):
    pages = tuple(page for page in PAGES if page.id == "compare")
    with qt.running_application(qapp, tmp_path / "my home", pages) as application:
        application.services.model.choose(ModelRef(str(tiny_folder)))
        found = application.window.show_page("compare")
        found.model.bring_back(
            tuple(StoredColumn(SPEC, key, cell(SPEC, key, records("3"))) for key in KEYS)
        )
        QGuiApplication.clipboard().clear()
        yield found


def asked(line: str, monkeypatch) -> CompareSpec:
    """What the real command line makes of a copied line."""
    program, *arguments = shlex.split(line)
    assert program == "lathe"
    specs: list[CompareSpec] = []
    monkeypatch.setattr(compare, "run", lambda options, *_: specs.append(build(options)))
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return specs[0]


def test_a_comparison_that_needs_a_file_gets_one(page, qtbot, monkeypatch) -> None:
    page.reports.save_or_copy("command")
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: "--spec" in clipboard.text(), timeout=RUN_MS)
    assert Path(shlex.split(clipboard.text())[-1]).is_file()
    assert asked(clipboard.text(), monkeypatch) == SPEC


def test_a_branch_is_copied_with_its_kept_prefix(page, qtbot, monkeypatch) -> None:
    column = page.model.columns[0]
    column.branch = Branch(column.key, (7, 8))
    page.reports.copy_column(column.uid, "command")
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: "--spec" in clipboard.text(), timeout=RUN_MS)
    wanted = replace(SPEC, only=(column.key,), branch=column.branch)
    assert asked(clipboard.text(), monkeypatch) == wanted


def test_one_column_needs_no_file(page, monkeypatch) -> None:
    page.reports.copy_column(page.model.columns[0].uid, "command")
    line = QGuiApplication.clipboard().text()
    assert "--spec" not in line
    assert asked(line, monkeypatch).variants == (SPEC.variants[0],)
