"""Every picture of the page “Attention” becomes a file that opens again."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from tests.workbench.attention.conftest import RUN_MS


@pytest.fixture
def looked(driver, page):
    driver.look()
    return page


def written(driver, menu, kind: str, target):
    menu.save(kind, str(target))
    driver.qtbot.waitUntil(target.exists, timeout=RUN_MS)
    return target


def test_map_and_atlas_become_pictures(driver, looked, tmp_path):
    page = looked
    for name, menu, shown in (
        ("map", page.map.menu, page.map.map),
        ("atlas", page.atlas.menu, page.atlas.atlas),
    ):
        picture = QImage(str(written(driver, menu, "png", tmp_path / f"{name}.png")))
        assert picture.width() >= 2 * shown.width()
        assert picture.height() >= 2 * shown.height()
        colours = {
            picture.pixel(x, y)
            for x in range(0, picture.width(), 8)
            for y in range(0, picture.height(), 8)
        }
        assert len(colours) > 8
        drawing = written(driver, menu, "svg", tmp_path / f"{name}.svg").read_text("utf-8")
        assert "<image" in drawing
        assert "<text" in drawing


def test_the_map_is_copied(driver, looked, qapp):
    page = looked
    page.map.menu.copy()
    copied = qapp.clipboard().image()
    assert copied.width() >= 2 * page.map.map.width()


def test_lines_and_mask_become_tables_with_their_tokens(driver, looked, tmp_path):
    page = looked
    driver.view("lines")
    driver.qtbot.waitUntil(lambda: page.lines._weights is not None, timeout=RUN_MS)
    lines = written(driver, page.lines.menu, "csv", tmp_path / "lines.csv").read_text("utf-8-sig")
    rows = [line.split(",") for line in lines.splitlines()]
    layer, tokens = page.model.layer, page.model.capture.tokens
    assert rows[0] == ["head", "query", "query token", "key", "key token", "weight"]
    assert len(rows) - 1 == layer.heads * len(tokens) ** 2
    last = rows[-1]
    assert (last[0], last[1]) == (str(layer.heads - 1), str(len(tokens) - 1))
    assert last[2] == last[4] == tokens[-1]
    driver.view("mask")
    table = written(driver, page.mask.menu, "csv", tmp_path / "mask.csv").read_text("utf-8-sig")
    cells = [line.split(",")[1:] for line in table.splitlines()[1:]]
    assert all(
        cells[i][j] == ("1" if j <= i else "0")
        for i in range(len(tokens))
        for j in range(len(tokens))
    )
    assert QImage(str(written(driver, page.mask.menu, "png", tmp_path / "mask.png"))).width() > 0
