"""Dynamic NTK: the base grows with the text, and only once the text is longer than training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling, ladder
from engine.context.scaling.ntk_exact import exact_ratio


@dataclass(frozen=True)
class Dynamic(Scaling):
    """Base b·(s·l/L − (s−1))^(d/(d−2)) for a length l > L, else b.

    Keys that were cached at a shorter length were turned by another base: with a cache, choose
    the final length from the start.
    """

    name: ClassVar[str] = "dynamic"
    title: ClassVar[str] = "Dynamic NTK"
    formula: ClassVar[str] = "b → b·(s·l/L − (s−1))^(d/(d−2)), l > L"
    summary: ClassVar[str] = (
        "The base follows the length of the text; keys cached earlier go stale then."
    )
    usual: ClassVar[bool] = True
    uses_length: ClassVar[bool] = True

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        if length <= config.trained:
            return np.ones(config.pairs)
        grown = factor * length / config.trained - (factor - 1)
        return ladder(config, exact_ratio(config, grown))

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        return {"rope_type": "dynamic", "rope_theta": config.base, "factor": factor}
