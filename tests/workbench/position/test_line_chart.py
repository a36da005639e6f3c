"""The line chart as a person uses it: reading, hiding, exporting, in both themes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from workbench.plots.curves import LineChart
from workbench.plots.export import columns_csv, image_of, svg
from workbench.plots.series import Axis, Marker, Series, short

PAIRS = np.arange(8.0)
WAVES = 2 * np.pi * 100.0 ** (PAIRS / 8)


@pytest.fixture
def chart(qtbot, theme):
    chart = LineChart(theme, "Wavelengths")
    qtbot.addWidget(chart)
    chart.set_data(
        Axis("pair", whole=True),
        Axis("wavelength", "tokens", log=True),
        (
            Series("trained", PAIRS, WAVES),
            Series("stretched", PAIRS, 4 * WAVES, "dashed", low=2 * WAVES, high=8 * WAVES),
        ),
        (Marker(128, "trained length", horizontal=True),),
    )
    chart.resize(640, 400)
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.05123, "−0.05123"), (874.5, "874.5"), (47123.9, "47\N{NO-BREAK SPACE}124"),
        (1e-5, "10⁻⁵"), (3.21e9, "3.21·10⁹"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert short(value) == text


def test_hovering_reads_the_nearest_point(chart, qtbot):
    box = chart.canvas.getPlotItem().vb
    for pair in (2, 6):
        scene = box.mapViewToScene(QPointF(pair + 0.2, 2.0))
        place = chart.canvas.mapFromScene(scene)
        with qtbot.waitSignal(chart.hovered):
            qtbot.mouseMove(chart.canvas.viewport(), place)
        lines = chart.readout.text().splitlines()
        assert lines[0] == f"pair {pair}"
        assert lines[1] == f"trained  {short(WAVES[pair])} tokens"
        assert lines[2].startswith(f"stretched  {short(4 * WAVES[pair])} tokens")
        assert f"{short(2 * WAVES[pair])} … {short(8 * WAVES[pair])}" in lines[2]
    chart.canvas.over.emit(None)
    assert not chart.readout.isVisible()


def test_the_arrow_keys_walk_along_the_points(chart, qtbot):
    chart.setFocus()
    for pair in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Right)
        assert chart.read().startswith(f"pair {pair}")
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.read().startswith("pair 1")
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.read() == ""


def test_a_click_in_the_legend_hides_a_series(chart, qtbot):
    place = chart.legend.place_of(1).center()
    qtbot.mouseClick(chart.legend, Qt.MouseButton.LeftButton, pos=place)
    chart.read_at(3.0)
    assert "stretched" not in chart.read()
    assert "trained" in chart.read()
    chart.set_data(Axis("pair"), Axis("wavelength", "tokens"), chart.series())
    assert chart.hidden() == {1}, "new data keep what the person hid"
    qtbot.keyClick(chart.legend, Qt.Key.Key_Space)
    assert chart.hidden() == frozenset()


def test_the_wheel_scrolls_the_page_and_zooms_with_control(chart):
    box = chart.canvas.getPlotItem().vb

    def turn(keys: Qt.KeyboardModifier) -> QWheelEvent:
        middle = QPointF(chart.canvas.rect().center())
        event = QWheelEvent(
            middle, chart.canvas.mapToGlobal(middle), QPoint(), QPoint(0, 240),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        chart.canvas.wheelEvent(event)
        return event

    before = box.viewRect()
    assert not turn(Qt.KeyboardModifier.NoModifier).isAccepted()
    assert box.viewRect() == before
    turn(Qt.KeyboardModifier.ControlModifier)
    assert box.viewRect().width() < before.width()
    chart.canvas.home.emit()
    assert box.viewRect().width() == pytest.approx(before.width())


def test_the_columns_and_the_arrays_hold_every_value(chart):
    columns = chart.columns()
    names = [name for name, _ in columns]
    assert names[:2] == ["pair", "trained: wavelength (tokens)"]
    assert names[3:] == ["stretched low", "stretched high"]
    np.testing.assert_allclose([float(cell) for cell in columns[1][1]], WAVES, rtol=1e-8)
    np.testing.assert_allclose([float(cell) for cell in columns[4][1]], 8 * WAVES, rtol=1e-8)
    assert columns_csv(columns).count(b"\n") == 1 + len(PAIRS)
    arrays = chart.arrays()
    np.testing.assert_array_equal(arrays["stretched.y"], 4 * WAVES)
    assert set(arrays) >= {"trained.x", "trained.y", "stretched.low"}


def test_new_points_move_the_lines_that_are_there(chart):
    axes = (Axis("pair", whole=True), Axis("wavelength", "tokens", log=True))
    first, second = chart.series()
    moved = Series(first.name, PAIRS, 10 * WAVES)
    before = [id(item) for item in chart.canvas.listDataItems()]
    chart.set_data(*axes, (moved, second), chart.markers())
    assert [id(item) for item in chart.canvas.listDataItems()] == before
    drawn = [item.getData()[1] for item in chart.canvas.listDataItems()]
    assert any(y is not None and np.allclose(y, np.log10(10 * WAVES)) for y in drawn if len(y) == 8)
    chart.set_data(*axes, (Series(first.name, PAIRS, WAVES, "dotted"), second))
    assert [id(item) for item in chart.canvas.listDataItems()] != before


def test_what_is_zero_has_no_place_on_a_logarithmic_axis(chart):
    chart.set_data(
        Axis("distance", log=True),
        Axis("weight", log=True),
        (Series("w", np.array([0.0, 1.0, 10.0]), np.array([1.0, 0.0, 0.1])),),
    )
    chart.read_at(1.0)  # its value is zero: read, not drawn
    assert "w  0" in chart.read()
    assert len(chart.columns()[0][1]) == 3


def test_it_is_described_in_words(chart):
    said = chart.accessibleDescription()
    assert "wavelength (tokens)" in said
    assert "stretched: n = 8" in said
    assert "trained length: 128" in said
    assert chart.accessibleName() == "Wavelengths"


def test_it_follows_the_theme(chart, theme):
    def ground() -> str:
        picture = image_of(chart, theme.colour("window"))
        return picture.pixelColor(chart.width(), 2 * (chart.canvas.y() + 14)).name()

    assert ground() == theme.colour("window").name()
    theme.apply("dark")
    assert ground() == theme.colour("window").name()


def test_it_becomes_a_drawing_with_its_texts(chart, theme):
    drawing = svg(chart, theme.colour("window"), "Wavelengths").decode()
    for text in ("stretched", "trained length", "wavelength (tokens)"):
        assert text in drawing
