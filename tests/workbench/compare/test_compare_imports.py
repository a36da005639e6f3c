"""What the examples say about an import: errors in sight, long tables cut with words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.prompting.elements import Example
from tests.workbench.compare.conftest import RUN_MS, Driver
from workbench.bootstrap import Application


def test_an_import_error_comes_into_sight_and_goes_with_the_next_import(
    driver: Driver, bench: Application, tmp_path: Path
) -> None:
    bench.window.resize(1100, 700)
    bench.window.show()
    page = driver.page
    section = page.prompt.examples
    page.load_sample()
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("input,output\na,b\nc\n", encoding="utf-8")
    section.import_file(ragged)
    driver.qtbot.waitUntil(lambda: not section.note.isHidden(), timeout=RUN_MS)

    def in_sight() -> bool:
        region = section.note.visibleRegion().boundingRect()
        return region.height() == section.note.height()

    driver.qtbot.waitUntil(in_sight)
    good = tmp_path / "good.csv"
    good.write_text("input,output\na,b\n", encoding="utf-8")
    with driver.qtbot.waitSignal(page.model.prompt.changed, timeout=RUN_MS):
        section.import_file(good)
    assert section.note.isHidden()


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
