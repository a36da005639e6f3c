"""Activations as curves: which are shown, with which β, and what a gate lets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.anatomy.activations.registry import ACTIVATIONS, GATED_UNITS, activation

REACH: Final = 5.0
POINTS: Final = 401
NAMES: Final[tuple[str, ...]] = (*ACTIVATIONS, *GATED_UNITS)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ActivationChoice:
    """What is drawn.

    Attributes:
        shown: Ids, in the registry's order.
        beta: Of Swish and SwiGLU.
        up: What a gate lets through (the second projection), the same for every x.
        at: Where the figures are read.
    """

    shown: tuple[str, ...] = ("relu", "gelu", "swish", "swiglu")
    beta: float = 1.0
    up: float = 2.0
    at: float = 1.0


@dataclass(frozen=True, eq=False)
class Curve:
    """One function and its derivative.

    Attributes:
        id: Which.
        name: As the field writes it, with β where it counts.
        formula, source: In plain signs; where it was published.
        x, y, slope: float64 ``[points]``; of a gated unit the slope by the gate.
        at_y, at_slope: At the choice's `at`.
        gated: Whether it is a gated unit.
    """

    id: str
    name: str
    formula: str
    source: str
    x: Array
    y: Array
    slope: Array
    at_y: float
    at_slope: float
    gated: bool


def curves(choice: ActivationChoice) -> tuple[Curve, ...]:
    """Every chosen function over -5 … 5."""
    x = np.linspace(-REACH, REACH, POINTS)
    return tuple(_curve(name, choice, x) for name in NAMES if name in choice.shown)


def _curve(name: str, choice: ActivationChoice, x: Array) -> Curve:
    places = np.append(x, choice.at)
    unit = GATED_UNITS.get(name)
    act = unit.act(choice.beta) if unit is not None else activation(name, choice.beta)
    title, formula, source = act.name, act.formula, act.source
    y, slope = act.value(places), act.slope(places)
    if unit is not None:
        title, formula, source = unit.name, unit.formula, unit.source
        up = np.full_like(places, choice.up)
        y, slope = unit.value(places, up, choice.beta), unit.slopes(places, up, choice.beta)[0]
    if act.has_beta:
        title = f"{title} (β = {choice.beta:g})"
    return Curve(
        name, title, formula, source, x, y[:-1], slope[:-1], float(y[-1]), float(slope[-1]),
        unit is not None,
    )  # fmt: skip
