"""The atlas: one image, arithmetic hit-testing, keys, marks, order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from workbench.plots.atlas_marks import AtlasMarks
from workbench.plots.atlas_picture import GAP, coloured, compose
from workbench.plots.head_atlas import HeadAtlas
from workbench.plots.theme import PlotTheme
from workbench.services.theme import Theme
from workbench.viewmodels.attention_heads import HeadAt, search, sorted_heads

HEADS = tuple(HeadAt(layer, head) for layer in range(3) for head in range(5))
RESOURCES = Path(__file__).resolve().parents[3] / "resources"


@pytest.fixture
def atlas(qtbot, qapp):
    theme = PlotTheme(Theme(qapp, RESOURCES))
    window = QWidget()  # pyqtgraph's views do not survive being closed themselves
    qtbot.addWidget(window)
    window.resize(400, 300)
    view = HeadAtlas(theme, window)
    view.resize(400, 300)
    window.show()
    view.show_heads(HEADS, np.full((15, 8, 8), 9, np.uint8), 5)
    yield view
    del window


def test_pictures_stand_where_they_belong():
    pictures = np.arange(6, dtype=np.uint8)[:, None, None] * np.ones((6, 4, 4), np.uint8) + 1
    whole = compose(pictures, [5, 0, 1, 2, 3, 4], 3)
    pitch = 4 + GAP
    assert whole.shape == (2 * pitch, 3 * pitch)
    assert (whole[:4, :4] == 6).all()
    assert (whole[pitch : pitch + 4, 2 * pitch : 2 * pitch + 4] == 5).all()
    assert (whole[:, 4:pitch] == 0).all()


def test_scales_are_shared_or_each_its_own():
    weights = np.zeros((2, 2, 2), np.float32)
    weights[0, 0, 0], weights[1, 0, 0] = 0.5, 1.0
    shared, own = coloured(weights, True), coloured(weights, False)
    assert (shared[0, 0, 0], shared[1, 0, 0]) == (128, 255)
    assert (own[0, 0, 0], own[1, 0, 0]) == (255, 255)
    assert (shared[:, 1, 1] == 0).all()  # hidden


def test_every_head_is_found_by_arithmetic(atlas):
    for head in HEADS:
        assert atlas.head_at(QPointF(atlas.centre_of(head))) == head
    assert atlas.head_at(QPointF(1, 1)) is None
    atlas.set_order(tuple(reversed(HEADS)), by_layer=False)
    for head in HEADS:
        assert atlas.head_at(QPointF(atlas.centre_of(head))) == head


def test_keys_walk_and_ablate(atlas, qtbot):
    atlas.set_marks(AtlasMarks(current=HeadAt(1, 1)))
    for key, wanted in (
        (Qt.Key.Key_Right, HeadAt(1, 2)),
        (Qt.Key.Key_Down, HeadAt(2, 1)),
        (Qt.Key.Key_Home, HeadAt(0, 0)),
        (Qt.Key.Key_End, HeadAt(2, 4)),
    ):
        with qtbot.waitSignal(atlas.chosen) as found:
            qtbot.keyClick(atlas, key)
        assert found.args == [wanted]
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        with qtbot.waitSignal(atlas.ablate_wanted) as found:
            qtbot.keyClick(atlas, key)
        assert found.args == [HeadAt(1, 1)]


def test_marks_can_be_seen(atlas):
    plain = atlas.grab().toImage()
    atlas.set_marks(AtlasMarks(ablated=frozenset({HeadAt(0, 0)})))
    crossed = atlas.grab().toImage()
    centre = atlas.centre_of(HeadAt(0, 0))
    other = atlas.centre_of(HeadAt(2, 2))
    assert plain.pixel(centre) != crossed.pixel(centre)
    assert plain.pixel(other) == crossed.pixel(other)


def test_heads_are_sorted_and_searched():
    values = {HeadAt(0, 0): 0.2, HeadAt(0, 1): None, HeadAt(0, 2): 0.9, HeadAt(0, 3): float("nan")}
    order = sorted_heads(tuple(values), values.get)
    assert order == (HeadAt(0, 2), HeadAt(0, 0), HeadAt(0, 1), HeadAt(0, 3))
    words = {HeadAt(0, 0): "induction sink", HeadAt(0, 2): "previous token"}
    assert search(tuple(values), words, "sink l0") == {HeadAt(0, 0)}
    assert search(tuple(values), words, "H2") == {HeadAt(0, 2)}
    assert search(tuple(values), words, "nothing") == frozenset()
