"""LongRoPE (Ding et al. 2024): a divisor per pair, found by a search on the model itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling
from engine.errors import BadSpec


@dataclass(frozen=True)
class LongRope(Scaling):
    """θ_i/λ̂_i; cos and sin times √(1 + ln s / ln L).

    Attributes:
        long_factor: λ̂ beyond the trained length; empty = the model's own.
        short_factor: λ̂ within it; empty = the model's own, or 1.
    """

    name: ClassVar[str] = "longrope"
    title: ClassVar[str] = "LongRoPE"
    formula: ClassVar[str] = "θ_i / λ̂_i, cos, sin × √(1 + ln s/ln L)"
    summary: ClassVar[str] = (
        "A divisor per pair from a search; your own list can be typed (Ding et al. 2024)."
    )
    uses_length: ClassVar[bool] = True

    long_factor: tuple[float, ...] = ()
    short_factor: tuple[float, ...] = ()

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        """The list for this length; the factor itself only enters the temperature.

        Raises:
            BadSpec: Neither the preset nor the model has lists of the right length, above 0.
        """
        beyond = self.long_factor or config.long_factor
        if not beyond:
            raise BadSpec(
                "LongRoPE needs one divisor per pair of dimensions from a search, and this model "
                "has none.",
                "Give the list, or choose YaRN or NTK-mixed, which need no search.",
            )
        within = self.short_factor or config.short_factor or (1.0,) * config.pairs
        for divisors in (beyond, within):  # both: the same lists serve every length
            _check(divisors, config.pairs)
        return np.asarray(beyond if length > config.trained else within, np.float64)

    def attention(self, config: RopeConfig, factor: float, length: int) -> float:
        if factor <= 1 or config.trained <= 1:
            return 1.0
        return sqrt(1 + log(factor) / log(config.trained))

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses lists that do not fit
        within = self.short_factor or config.short_factor or (1.0,) * config.pairs
        return {
            "rope_type": "longrope",
            "rope_theta": config.base,
            "long_factor": list(self.long_factor or config.long_factor),
            "short_factor": list(within),
            "factor": factor,
            "original_max_position_embeddings": config.trained,
        }


def _check(divisors: tuple[float, ...], pairs: int) -> None:
    """Raise `BadSpec` unless there is one positive, finite divisor per pair."""
    if len(divisors) != pairs:
        raise BadSpec(
            f"LongRoPE was given {len(divisors)} divisors for {pairs} pairs of dimensions.",
            "Give one divisor per pair.",
        )
    if not all(0 < one < inf for one in divisors):
        raise BadSpec(
            "A divisor of LongRoPE is not above 0.", "Divide by 1 where a pair stays as it is."
        )
