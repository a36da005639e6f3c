"""Position interpolation: all positions are squeezed alike (Chen et al. 2023, eq. 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling


@dataclass(frozen=True)
class Linear(Scaling):
    """θ_i/s, which is the same as position/s."""

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "Interpolation (PI)"
    formula: ClassVar[str] = "θ_i / s"
    summary: ClassVar[str] = (
        "Every frequency divided by the factor, so no position is new, but all are crowded; "
        "works after a little training (Chen et al. 2023)."
    )
    usual: ClassVar[bool] = True

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        return np.full(config.pairs, factor)

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        return {"rope_type": "linear", "rope_theta": config.base, "factor": factor}
