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
