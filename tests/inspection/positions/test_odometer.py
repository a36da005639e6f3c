"""The counter of three digits that must count to 2000."""

from __future__ import annotations

import pytest

from engine.errors import BadSpec
from engine.inspection.positions.odometer import MOVES, reading


def _digits(found) -> list[float]:
    return [wheel.value for wheel in found.wheels]


def test_the_number_of_the_slide_in_training() -> None:
    for move in MOVES:
        found = reading(759, move, limit=1000)
        assert _digits(found)[-3:] == [7, 5, 9]
        assert found.unseen == 0
        assert found.spacing == 1


def test_extrapolation_turns_a_wheel_that_never_turned() -> None:
    found = reading(1749, "extrapolate")
    assert _digits(found) == [1, 7, 4, 9]
    assert [wheel.unseen for wheel in found.wheels] == [True, False, False, False]
    assert found.range == 10_000
    assert reading(759, "extrapolate").unseen == 0


def test_interpolation_halves() -> None:
    found = reading(1749, "interpolate")
    assert found.shown == 874.5
    assert _digits(found) == [8, 7, 4.5]
    assert found.spacing == 0.5
    assert [wheel.unseen for wheel in found.wheels] == [False, False, True]
    assert reading(1748, "interpolate").unseen == 0


def test_a_larger_radix_keeps_the_wheels_and_the_spacing() -> None:
    found = reading(1749, "radix")
    assert found.exact_radix == pytest.approx(10 * 2 ** (1 / 3))
    assert found.radix == 13
    assert _digits(found) == [10, 4, 7]  # 10·169 + 4·13 + 7
    assert [wheel.unseen for wheel in found.wheels] == [True, False, False]
    assert found.spacing == 1
    assert found.range == 13**3


def test_every_number_is_written_once() -> None:
    for move in MOVES:
        every = {tuple(_digits(reading(n, move))) for n in range(2000)}
        assert len(every) == 2000


def test_a_root_that_is_whole_is_not_rounded_up() -> None:
    assert reading(0, "radix", limit=14**3).radix == 14


def test_wrong_use() -> None:
    with pytest.raises(BadSpec, match="outside 0"):
        reading(2000, "radix")
    with pytest.raises(BadSpec, match="cannot be taken to 500"):
        reading(1, "radix", limit=500)
