"""What a line chart shows: series, axes, markers, and the same as columns and as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.plots.export import Column

Array = NDArray[np.float64]
LineStyle = Literal["line", "dashed", "dotted", "points", "steps"]
SERIES_ROLES: Final = ("series-1", "series-2", "series-3", "series-4", "series-5", "series-6")
RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Series:
    """One named line.

    Attributes:
        name: In the legend and the read-out.
        x, y: Its points, ``[points]`` each; a NaN in `y` leaves a gap.
        style: How it is drawn; series should differ by more than colour.
        role: Colour by role of the theme; empty = the next of the six series colours.
        low, high: A band around the line (a confidence interval), or None.
        width: Of the line, in pixels.
    """

    name: str
    x: Array
    y: Array
    style: LineStyle = "line"
    role: str = ""
    low: Array | None = None
    high: Array | None = None
    width: float = 2.0

    def colour_role(self, number: int) -> str:
        """The role of its colour when it is the `number`-th series of its chart."""
        return self.role or SERIES_ROLES[number % len(SERIES_ROLES)]

    def nearest(self, x: float) -> int:
        """The number of its point closest to `x`; -1 when it has none."""
        known = np.isfinite(self.x) & np.isfinite(self.y)
        if not known.any():
            return -1
        away = np.where(known, np.abs(self.x - x), np.inf)
        return int(np.argmin(away))


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        title: What is measured.
        unit: Its unit, shown in parentheses; empty for none.
        log: Powers of ten are evenly spaced; values of zero and below are left out.
        low, high: Ends of the range at rest, or None to fit the data.
        whole: Ticks stand at whole numbers only (positions, layers).
    """

    title: str
    unit: str = ""
    log: bool = False
    low: float | None = None
    high: float | None = None
    whole: bool = False

    @property
    def label(self) -> str:
        """Title and unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True)
class Marker:
    """A straight line across the chart with a label.

    Attributes:
        at: Where, in units of its axis.
        label: Beside the line.
        horizontal: At a value of the y axis instead of the x axis.
        role: Colour by role.
    """

    at: float
    label: str
    horizontal: bool = False
    role: str = "muted"


def short(value: float) -> str:
    """A number in about four significant digits: ``"−0.0512"``, ``"47 124"``, ``"3.2·10⁹"``."""
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    if value and (size < 1e-4 or size >= 1e7):
        digits, power = f"{value:.2e}".split("e")
        digits = digits.rstrip("0").rstrip(".")
        text = f"{digits}·10{str(int(power)).translate(RAISED)}"
        text = text.removeprefix("1·")
    elif size >= 1000:
        text = f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")
    else:
        text = f"{value:.4g}"
    return text.replace("-", "−")


def columns(series: tuple[Series, ...], x: Axis, y: Axis) -> tuple[Column, ...]:
    """The chart side by side for a CSV file: every x once, then one column per series and band."""
    known: list[tuple[str, dict[float, float]]] = []
    for one in series:
        name = f"{one.name}: {y.label}" if len(series) > 1 else y.label
        for head, values in ((name, one.y), (f"{one.name} low", one.low),
                             (f"{one.name} high", one.high)):  # fmt: skip
            if values is not None:
                known.append((head, dict(zip(one.x.tolist(), values.tolist(), strict=True))))
    places = sorted({place for _, points in known for place in points})
    found: list[Column] = [(x.label, [f"{place:.9g}" for place in places])]
    for head, points in known:
        found.append((head, [f"{points[at]:.9g}" if at in points else "" for at in places]))
    return tuple(found)


def arrays(series: tuple[Series, ...]) -> dict[str, Array]:
    """The chart as named arrays for an NPZ file: ``"<name>.x"``, ``"<name>.y"``, bands likewise."""
    found: dict[str, Array] = {}
    for one in series:
        for part in ("x", "y", "low", "high"):
            values = getattr(one, part)
            if values is not None:
                found[f"{one.name}.{part}"] = np.asarray(values, dtype=np.float64)
    return found
