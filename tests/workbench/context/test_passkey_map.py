"""The map of keys: where its cells are, what they say, which colours they have."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workbench.plots.colour_maps import ATTENTION, colour_at
from workbench.plots.passkey_map import Found, LengthColumn, MethodPanel, PasskeyMap
from workbench.plots.theme import PlotTheme


def panel(name: str, *shares: tuple[int, int]) -> MethodPanel:
    """A method whose columns have two depths: (right of 4 at the start, at the end)."""
    columns = tuple(
        LengthColumn(
            f"{place + 1}×", (Found(a, 4, f"start {a}"), Found(b, 4, f"end {b}")),
            Found(a + b, 8), 0.1, 0.9, "done", f"total {a + b}",
        )
        for place, (a, b) in enumerate(shares)
    )  # fmt: skip
    return MethodPanel(name, columns)


@pytest.fixture
def keys(qtbot: QtBot, bench) -> PasskeyMap:
    made = PasskeyMap(PlotTheme(bench.services.theme))
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.set_panels(
        (panel("first", (4, 0), (2, 2)), panel("second", (0, 4), (1, 3)),
         MethodPanel("third", (), "has no rotation")),
        ("start", "end"),
    )  # fmt: skip
    made.show()
    return made


def test_cells_have_the_colour_of_their_share(keys: PasskeyMap) -> None:
    image = keys.grab().toImage()
    ratio = image.devicePixelRatio()
    for number, shares in ((0, (1.0, 0.0)), (1, (0.0, 1.0))):
        area = keys.column_area(number, 0)
        for depth, share in enumerate(shares):
            y = area.y() + (depth + 0.5) * area.height() / 2
            found = QColor(image.pixel(int(area.center().x() * ratio), int(y * ratio)))
            assert found == colour_at(ATTENTION, share)


def test_places_are_told(keys: PasskeyMap) -> None:
    area = keys.column_area(1, 1)
    x = area.center().x()
    assert keys.place_at(x, area.top() + 1) == (1, 1, 0)
    assert keys.place_at(x, area.bottom() - 1) == (1, 1, 1)
    assert keys.place_at(x, area.bottom() + 4) == (1, 1, None)
    assert keys.told(1, 1, 0) == "second · 2×\nstart 1\ntotal 4"
    reason = keys.panel_area(2).center()
    place = keys.place_at(reason.x(), reason.y())
    assert place is not None
    assert keys.told(*place) == "third\nhas no rotation"
    assert keys.place_at(1, 1) is None


def test_clicks_and_keys_choose(keys: PasskeyMap, qtbot: QtBot) -> None:
    spot = keys.column_area(0, 1).center().toPoint()
    with qtbot.waitSignal(keys.chosen) as caught:
        qtbot.mouseClick(keys, Qt.MouseButton.LeftButton, pos=QPoint(spot.x(), spot.y()))
    assert caught.args == [0, 1]
    qtbot.keyClick(keys, Qt.Key.Key_Right)
    assert "second · 1×" in keys.accessibleDescription()
    with qtbot.waitSignal(keys.chosen) as caught:
        qtbot.keyClick(keys, Qt.Key.Key_Return)
    assert caught.args == [1, 0]


def test_narrow_maps_stack_their_panels(keys: PasskeyMap, qtbot: QtBot) -> None:
    wide = keys.height()
    assert keys.panel_area(0).top() == keys.panel_area(1).top()
    keys.resize(keys.minimumSizeHint().width() + 4, 300)
    qtbot.waitUntil(lambda: keys.height() > 2 * wide)
    assert keys.panel_area(1).top() > keys.panel_area(0).bottom()
    assert keys.panel_area(2).bottom() <= keys.height()


def test_it_becomes_files(keys: PasskeyMap) -> None:
    columns = dict(keys.columns())
    assert columns["method"] == ["first"] * 4 + ["second"] * 4
    assert columns["depth"] == [0.0, 1.0] * 4
    assert columns["found"] == [4.0, 0.0, 2.0, 2.0, 0.0, 4.0, 1.0, 3.0]
    shares = keys.arrays()["share"]
    assert shares.shape == (3, 2, 2)
    assert shares[0, 0].tolist() == [1.0, 0.0]
    assert np.isnan(shares[2]).all()
