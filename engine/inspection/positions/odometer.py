"""Numbers on wheels: what happens to a counter of three digits when it must count to 2000.

The picture behind stretching positions (Su 2023, kexue.fm/archives/9675): a position is a number
written in digits, and a model has seen only some states of each digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final, Literal, get_args

from engine.errors import BadSpec

Move = Literal["extrapolate", "interpolate", "radix"]
MOVES: Final[tuple[Move, ...]] = get_args(Move)


@dataclass(frozen=True)
class Wheel:
    """One digit.

    Attributes:
        value: What it shows; a fraction only on the last wheel of an interpolated number.
        radix: States that it has.
        trained: States that training has shown: values below this; 1 of a new wheel, which
            always stood at 0.
        unseen: Whether it shows something that training never did.
    """

    value: float
    radix: float
    trained: int
    unseen: bool


@dataclass(frozen=True)
class Reading:
    """A number on the counter after one of the moves.

    Attributes:
        move: Which one.
        number: The number meant.
        shown: The number on the wheels: divided under interpolation.
        wheels: Slowest first, as digits are written.
        radix: Of every wheel.
        exact_radix: radix · k^(1/digits), of which `radix` is the next whole number.
        spacing: Difference of the last wheel between neighbours; 1 in training.
        range: Numbers that fit after the move.
    """

    move: Move
    number: int
    shown: float
    wheels: tuple[Wheel, ...]
    radix: int
    exact_radix: float
    spacing: float
    range: int

    @property
    def unseen(self) -> int:
        """Wheels in a state that training never showed."""
        return sum(wheel.unseen for wheel in self.wheels)


def reading(
    number: int, move: Move, *, limit: int = 2000, digits: int = 3, radix: int = 10
) -> Reading:
    """Put a number on a counter that was trained on ``0 … radix**digits - 1``.

    Args:
        number: ``0 … limit - 1``.
        move: ``"extrapolate"`` adds wheels; ``"interpolate"`` divides by limit over range
            (1749 → 874.5); ``"radix"`` lets every wheel count further.
        limit: The new range, at least the old.
        digits: Wheels in training.
        radix: States per wheel in training.

    Raises:
        BadSpec: The number is outside the range, or a value makes no counter.
    """
    trained = radix**digits
    if move not in MOVES or digits < 1 or radix < 2 or limit < trained:
        raise BadSpec(
            f"A counter of {digits} digits with {radix} states cannot be taken to {limit}.",
            "Choose at least one digit, two states and a larger range.",
        )
    if not 0 <= number < limit:
        raise BadSpec(
            f"The number {number} is outside 0 … {limit - 1}.", "Choose a number inside it."
        )
    growth = limit / trained
    wide = radix * growth ** (1 / digits)
    if move == "extrapolate":
        return _extrapolated(number, digits, radix, limit)
    if move == "interpolate":
        shown = number / growth
        wheels = _wheels(shown, digits, radix, radix)
        return Reading(move, number, shown, wheels, radix, wide, 1 / growth, limit)
    # 10·2.744^(1/3) is 14 and not 14.000000000000002: round before taking the next whole number.
    grown = ceil(round(wide, 9))
    wheels = _wheels(number, digits, grown, radix)
    return Reading(move, number, float(number), wheels, grown, wide, 1.0, grown**digits)


def _extrapolated(number: int, digits: int, radix: int, limit: int) -> Reading:
    count = digits
    while radix**count < limit:
        count += 1
    wheels = _wheels(number, count, radix, radix)
    new = tuple(
        Wheel(wheel.value, wheel.radix, 1, wheel.value != 0) for wheel in wheels[: count - digits]
    )
    grown = radix * (limit / radix**digits) ** (1 / digits)
    return Reading(
        "extrapolate",
        number,
        float(number),
        new + wheels[count - digits :],
        radix,
        grown,
        1.0,
        radix**count,
    )


def _wheels(number: float, digits: int, radix: int, trained: int) -> tuple[Wheel, ...]:
    whole = floor(number)
    values: list[float] = [whole // radix**place % radix for place in range(digits)]
    values[0] += number - whole
    return tuple(
        Wheel(value, radix, trained, value != floor(value) or value > trained - 1)
        for value in reversed(values)
    )
