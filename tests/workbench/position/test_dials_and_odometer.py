"""Dials turn as the formula says; wheels roll to their digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFont

from engine.inspection.positions.odometer import reading
from workbench.plots.animation import draw_frames
from workbench.plots.dials import Dials, Face, layout_faces, paint_faces
from workbench.plots.export import columns_csv
from workbench.plots.odometer import Odometer


def face(theta: float) -> Face:
    return Face("pair", theta, (1.0, 0.5), (-0.25, 2.0))


@pytest.mark.parametrize(("query", "key"), [(0, 0), (7, 3), (100, 96), (2.5, 40)])
def test_a_product_depends_on_the_distance_alone(query, key):
    theta = 0.37
    q, k = complex(1.0, 0.5), complex(-0.25, 2.0)
    wanted = (q * k.conjugate() * np.exp(1j * (query - key) * theta)).real
    assert face(theta).product({"q": query, "k": key}) == pytest.approx(wanted)
    moved = face(theta).product({"q": query + 12, "k": key + 12})
    assert moved == pytest.approx(wanted)


def test_the_dials_tell_the_same_in_words_and_figures(qtbot, theme):
    dials = Dials(theme)
    qtbot.addWidget(dials)
    faces = (face(1.0), face(0.1))
    dials.set_faces(faces)
    dials.set_positions(5, 2)
    products = [one.product({"q": 5, "k": 2}) for one in faces]
    assert dials.total() == pytest.approx(sum(products))
    assert f"{products[1]:+.3f}" in dials.accessibleDescription()
    table = dict(dials.columns())
    assert table["q·k"] == pytest.approx(products)
    assert columns_csv(dials.columns()).count(b"\n") == 3
    turned = dials.arrays()["q_turned"][0]
    angle = math.atan2(turned[1], turned[0]) - math.atan2(0.5, 1.0)
    assert math.remainder(angle - 5.0, 2 * math.pi) == pytest.approx(0, abs=1e-9)


def test_faces_fill_the_room_without_overlap():
    for count, wide, high in ((1, 300, 300), (6, 900, 240), (6, 420, 500), (8, 250, 900)):
        places = layout_faces(count, QRectF(0, 0, wide, high), QFont())
        assert len(places) == count
        for number, place in enumerate(places):
            assert QRectF(0, 0, wide + 1, 10_000).contains(place)
            for other in places[number + 1 :]:
                assert not place.intersects(other)


def test_a_moving_hand_changes_the_picture(qtbot, theme):
    dials = Dials(theme)
    qtbot.addWidget(dials)
    paints = dials.paints()
    slow, quick = face(0.0), face(2 * math.pi)

    def draw(painter, share):
        area = QRectF(0, 0, 300, 200)
        paint_faces(painter, area, (slow, quick), {"q": share, "k": 0.0}, paints)

    first, second = draw_frames(draw, 2, QSize(300, 200), paints.ground)
    changed = np.flatnonzero((first != second).any(axis=(0, 2)))
    assert changed.min() >= 150, "the pair that does not turn stays as it was"


def words(wheel):
    return f"0–{wheel.radix - 1:g}", "new" if wheel.unseen else "known"


@pytest.fixture
def odometer(qtbot, theme):
    odometer = Odometer(theme, words)
    qtbot.addWidget(odometer)
    odometer.resize(odometer.sizeHint())
    odometer.show()
    return odometer


def test_without_motion_the_digits_are_there_at_once(odometer):
    odometer.set_wheels(reading(1749, "interpolate").wheels, rolling=False)
    assert odometer.values == (8, 7, 4.5)
    assert not odometer.is_rolling()
    assert "4.5, 0–9, new" in odometer.accessibleDescription()


def test_the_wheels_roll_and_end_on_the_digits(odometer, qtbot):
    odometer.set_wheels(reading(759, "extrapolate", limit=1000).wheels, rolling=False)
    assert odometer.values == (7, 5, 9)
    odometer.set_wheels(reading(1749, "extrapolate").wheels, rolling=True)
    assert odometer.values == (0, 7, 5, 9), "a new wheel starts at zero"
    assert odometer.is_rolling()
    with qtbot.waitSignal(odometer._roll.finished):
        pass
    assert odometer.values == (1, 7, 4, 9)
    table = dict(odometer.columns())
    assert table["unseen"] == ["true", "false", "false", "false"]
