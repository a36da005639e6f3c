"""The small map tells its cells and becomes files; motion follows the setting, then the system."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from workbench.plots.colour_maps import Scale
from workbench.plots.export import columns_csv, image_of
from workbench.plots.small_map import SmallMap, SmallMatrix
from workbench.plots.theme import PlotTheme
from workbench.services import motion
from workbench.services.preferences import DECLARED, MOTION
from workbench.services.settings import Settings


@pytest.fixture
def small(qtbot, theme):
    small = SmallMap(PlotTheme(theme, theme))
    qtbot.addWidget(small)
    values = np.array([[0.0, 9.0], [-1.0, 0.0]])
    hidden = np.array([[False, True], [False, False]])
    small.set_matrix(
        SmallMatrix(
            values, Scale(-1.0, 0.0), hidden, ("a", "b"), ("a", "b"), "query", "key", "nats",
            numbers=True,
        )
    )  # fmt: skip
    small.resize(320, 300)
    with qtbot.waitExposed(small):
        small.show()
    return small


def test_a_place_is_a_cell_and_a_cell_is_told(small):
    area = small.area()
    assert area.width() == pytest.approx(area.height()), "cells are square"
    assert small.cell_at(area.x() + 1, area.bottom() - 1) == (1, 0)
    assert small.cell_at(area.right() - 1, area.y() + 1) == (0, 1)
    assert small.cell_at(area.right() + 5, area.y()) is None
    assert small.told(1, 0) == "query b · key a\n−1 nats"
    assert small.told(0, 1).endswith("–")


def test_colours_follow_the_values_and_the_mask_is_hatched(small, theme):
    picture = image_of(small, theme.colour("window"))
    area = small.area()

    def colours(row: int, column: int) -> set[str]:
        cell = QRectF(area.x() + column * area.width() / 2, area.y() + row * area.height() / 2,
                      area.width() / 2, area.height() / 2).adjusted(4, 4, -4, -4)  # fmt: skip
        return {
            picture.pixelColor(int(2 * x), int(2 * y)).name()
            for x in np.linspace(cell.left(), cell.right(), 25)
            for y in np.linspace(cell.top(), cell.top() + cell.height() / 5, 12)
        }

    low, high = colours(1, 0), colours(0, 0)
    assert len(low) == len(high) == 1
    assert low != high
    assert len(colours(0, 1)) > 1, "a masked cell is hatched"
    assert colours(1, 1) == high


def test_it_becomes_columns_and_arrays(small):
    columns = dict(small.columns())
    assert columns["query"] == ["0 a", "1 b"]
    assert columns["1 b"] == ["", "0"]
    assert columns_csv(small.columns()).count(b"\n") == 3
    arrays = small.arrays()
    assert arrays["masked"].sum() == 1
    assert arrays["rows"].tolist() == ["a", "b"]
    small.set_matrix(None)
    assert small.columns() == ()


def test_the_setting_wins_over_the_system(tmp_path, qapp):
    settings = Settings(tmp_path / "settings.json", DECLARED)
    assert motion.may_move(settings, system=True)
    assert not motion.may_move(settings, system=False)
    settings.set(MOTION, "on")
    assert motion.may_move(settings, system=False)
    settings.set(MOTION, "off")
    assert not motion.may_move(settings, system=True)
    settings.deleteLater()


@pytest.mark.skipif(sys.platform == "win32", reason="asks another program on the others")
@pytest.mark.parametrize(("told", "moves"), [("still", False), ("moving", True), ("", True)])
def test_the_system_is_asked(monkeypatch, told, moves):
    answers = {
        "still": "1\n" if sys.platform == "darwin" else "false\n",
        "moving": "0\n" if sys.platform == "darwin" else "true\n",
        "": "",
    }

    def run(command, **_options):
        return subprocess.CompletedProcess(command, 0, stdout=answers[told])

    monkeypatch.setattr(motion.shutil, "which", lambda name: name)
    monkeypatch.setattr(motion.subprocess, "run", run)
    assert motion.system_moves() == moves


def test_a_system_that_does_not_answer_lets_things_move(monkeypatch):
    def run(command, **_options):
        raise subprocess.TimeoutExpired(command, 0.5)

    monkeypatch.setattr(motion.sys, "platform", "linux")
    monkeypatch.setattr(motion.shutil, "which", lambda name: name)
    monkeypatch.setattr(motion.subprocess, "run", run)
    assert motion.system_moves()
