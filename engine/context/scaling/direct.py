"""Direct extrapolation: the frequencies stay, positions beyond the trained length are new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, RopeConfig, Scaling


@dataclass(frozen=True)
class Direct(Scaling):
    """θ_i unchanged."""

    name: ClassVar[str] = "direct"
    uses_factor: ClassVar[bool] = False

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        return np.ones(config.pairs)
