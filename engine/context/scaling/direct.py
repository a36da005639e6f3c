"""Direct extrapolation: the frequencies stay, positions beyond the trained length are new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling


@dataclass(frozen=True)
class Direct(Scaling):
    """θ_i unchanged."""

    name: ClassVar[str] = "direct"
    title: ClassVar[str] = "Direct"
    formula: ClassVar[str] = "θ_i"
    summary: ClassVar[str] = "Nothing is changed: positions run on past training."
    usual: ClassVar[bool] = True
    uses_factor: ClassVar[bool] = False

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        return np.ones(config.pairs)

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        return {"rope_type": "default", "rope_theta": config.base}
