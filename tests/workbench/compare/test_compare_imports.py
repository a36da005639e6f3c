"""What the examples say about an import: errors in sight, long tables cut with words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QScrollArea, QScrollBar

from engine.prompting.elements import Example
from tests.workbench.compare.conftest import RUN_MS, Driver
from workbench.bootstrap import Application
from workbench.viewmodels.prompt_counter import TokenCounts
from workbench.views.compare.page import ComparePage


def _late_counts(page: ComparePage) -> None:
    """The count of tokens below the elements comes late, and needs several lines."""
    page.prompt.set_counts(TokenCounts(shortest=9_000, longest=9_999, shared=10), 512)


def _lower_window(page: ComparePage) -> None:
    page.window().resize(1100, 600)


def _narrow_prompt(page: ComparePage) -> None:
    page.splitter.setSizes([200, 900])


def _taller_above(page: ComparePage) -> None:
    page.prompt.fields["instruction"].editor.setFixedHeight(300)


def _import_wrong(driver: Driver, bench: Application, file: Path) -> Callable[[], bool]:
    """Import a ragged table in a low window; returns the question whether its error is seen."""
    bench.window.resize(1100, 700)
    bench.window.show()
    section = driver.page.prompt.examples
    driver.page.load_sample()
    file.write_text("input,output\na,b\nc\n", encoding="utf-8")
    section.import_file(file)
    driver.qtbot.waitUntil(lambda: not section.note.isHidden(), timeout=RUN_MS)

    def in_sight() -> bool:
        region = section.note.visibleRegion().boundingRect()
        return region.height() == section.note.height()

    driver.qtbot.waitUntil(in_sight, timeout=RUN_MS)
    return in_sight


def test_an_import_error_comes_into_sight_and_goes_with_the_next_import(
    driver: Driver, bench: Application, tmp_path: Path
) -> None:
    page = driver.page
    section = page.prompt.examples
    _import_wrong(driver, bench, tmp_path / "ragged.csv")
    good = tmp_path / "good.csv"
    good.write_text("input,output\na,b\n", encoding="utf-8")
    with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
        section.import_file(good)
    assert section.note.isHidden()


@pytest.mark.parametrize("change", [_late_counts, _lower_window, _narrow_prompt, _taller_above])
def test_an_import_error_stays_in_sight_when_the_page_settles_later(
    driver: Driver, bench: Application, tmp_path: Path, change: Callable[[ComparePage], None]
) -> None:
    page = driver.page
    in_sight = _import_wrong(driver, bench, tmp_path / "ragged.csv")
    change(page)
    QApplication.processEvents()  # the layouts take their new places
    driver.qtbot.waitUntil(in_sight, timeout=RUN_MS)


def test_who_scrolls_away_from_an_import_error_is_left_there(
    driver: Driver, bench: Application, tmp_path: Path
) -> None:
    page = driver.page
    _import_wrong(driver, bench, tmp_path / "ragged.csv")
    bar = page.prompt.findChild(QScrollArea).verticalScrollBar()
    bar.triggerAction(QScrollBar.SliderAction.SliderToMinimum)
    with driver.qtbot.waitSignal(bar.rangeChanged, timeout=RUN_MS):
        _lower_window(page)
    QApplication.processEvents()
    assert bar.value() == bar.minimum()


def test_an_empty_clipboard_is_told(driver: Driver) -> None:
    section = driver.page.prompt.examples
    QGuiApplication.clipboard().clear()
    section.set_open(True)
    driver.qtbot.mouseClick(section.paste_button, Qt.MouseButton.LeftButton)
    assert not section.note.isHidden()
    assert "clipboard" in section.note.message.text()
    assert section.note.hint.text()


def test_a_long_table_is_cut_with_words(driver: Driver, tmp_path: Path) -> None:
    page = driver.page
    section = page.prompt.examples
    long = tmp_path / "long.csv"
    rows = "".join(f"question {n},{n}\n" for n in range(20_000))
    long.write_text("input,output\n" + rows, encoding="utf-8")
    with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
        section.import_file(long)
    examples = page.model.prompt.state.examples
    assert len(examples) == 200
    assert examples[-1] == Example("question 199", "199")
    assert not section.notice.isHidden()
    assert "200 of 20,000 rows" in section.notice.text()
    page.prompt.undo()
    assert section.notice.isHidden()


def test_the_table_holds_two_hundred_rows_however_often_one_imports(
    driver: Driver, tmp_path: Path
) -> None:
    page = driver.page
    section = page.prompt.examples
    file = tmp_path / "many.csv"
    file.write_text("input,output\n" + "".join(f"q {n},{n}\n" for n in range(150)), "utf-8")
    for _ in range(2):
        with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
            section.import_file(file)
    assert len(page.model.prompt.state.examples) == 200
    assert "50 of 150 rows" in section.notice.text()
    section.import_file(file)
    driver.qtbot.waitUntil(lambda: "0 of 150 rows" in section.notice.text(), timeout=RUN_MS)
    assert len(page.model.prompt.state.examples) == 200
