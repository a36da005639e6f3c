"""NTK-aware scaling as it is used: the slowest pair ends exactly where interpolation puts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling, ladder
from engine.errors import BadSpec


@dataclass(frozen=True)
class NtkExact(Scaling):
    """Base b·k^(d/(d−2)): the fastest pair is untouched, the slowest is divided by k."""

    name: ClassVar[str] = "ntk-exact"
    title: ClassVar[str] = "NTK (exact)"
    formula: ClassVar[str] = "b → b·k^(d/(d−2))"
    summary: ClassVar[str] = (
        "The base times k^(d/(d−2)): the slowest pair is interpolated, the fastest kept."
    )
    usual: ClassVar[bool] = True

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        return ladder(config, exact_ratio(config, factor))

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        grown = config.base * exact_ratio(config, factor)
        return {"rope_type": "default", "rope_theta": grown}


def exact_ratio(config: RopeConfig, factor: float) -> float:
    """k^(d/(d−2)).

    Raises:
        BadSpec: Only one pair of dimensions turns, so there is no slowest beside the fastest.
    """
    if config.pairs < 2:
        raise BadSpec(
            "A rotation of a single pair of dimensions has no second frequency to stretch.",
            "Choose position interpolation.",
        )
    return float(factor ** (config.dim / (config.dim - 2)))
