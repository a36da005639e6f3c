"""Colour tables and the bytes that index them."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from workbench.plots.colour_maps import (
    ATTENTION,
    DIFFERENCE,
    Scale,
    colour_at,
    lookup_table,
    qt_table,
    quantise,
    symmetric,
)
from workbench.plots.export import columns_csv, matrix_csv, npz


def _lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB bytes."""
    linear = np.where(rgb / 255 <= 0.04045, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


def test_attention_gets_lighter_all_the_way():
    table = lookup_table(ATTENTION)
    assert table.shape == (256, 4)
    assert table[0, 3] == 0
    assert set(table[1:, 3]) == {255}
    steps = np.diff(_lightness(table[1:, :3].astype(float)))
    assert steps.min() > -0.35  # one byte of rounding
    assert len(qt_table(ATTENTION)) == 256


def test_differences_are_symmetric_around_zero():
    scale = symmetric(np.array([0.1, -0.4]))
    assert (scale.low, scale.high) == (-0.4, 0.4)
    low, middle, high = quantise(np.array([-0.4, 0.0, 0.4]), scale)
    assert (low, high) == (1, 255)
    assert middle == 128
    red, green, blue, _ = lookup_table(DIFFERENCE)[middle]
    assert max(red, green, blue) - min(red, green, blue) < 6  # grey means no difference


@pytest.mark.parametrize("log", [False, True])
def test_a_byte_says_its_value(log):
    scale = Scale(0.0, 0.8, log)
    values = np.array([0.8, 0.3, 0.01])
    shares = (quantise(values, scale).astype(float) - 1) / 254
    told = np.array([scale.value(share) for share in shares])
    step = 0.8 / 254 if not log else values * (10 ** (5 / 254) - 1)
    assert np.all(np.abs(told - values) <= step)


def test_masked_and_infinite_cells_never_become_colours_of_values():
    values = np.array([[0.2, -np.inf], [np.inf, 0.4]])
    masked = np.array([[False, True], [False, False]])
    found = quantise(values, Scale(0.0, 0.4), masked)
    assert found[0, 1] == 0
    assert found[1, 0] == 255
    assert np.all(found[~masked] > 0)
    assert colour_at(ATTENTION, 2.0) == colour_at(ATTENTION, 1.0)


def test_files_say_the_tokens_and_the_numbers():
    values = np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.1, 0.2, 0.7]])
    lines = list(
        csv.reader(
            io.StringIO(matrix_csv(values, ["a", ",", "a"], ["a", ",", "a"]).decode("utf-8-sig"))
        )
    )
    assert lines[0] == ["", "0:a", "1:,", "2:a"]
    assert lines[2][0] == "1:,"
    assert np.array(lines[1:])[:, 1:].astype(float) == pytest.approx(values)
    back = np.load(io.BytesIO(npz({"weights": values, "tokens": ["a", ",", "a"]})))
    assert back["weights"] == pytest.approx(values)
    assert list(back["tokens"]) == ["a", ",", "a"]
    text = columns_csv([("x", [1.0, 2.0]), ("name", ["one"])]).decode("utf-8-sig")
    assert text.splitlines() == ["x,name", "1,one", "2,"]
