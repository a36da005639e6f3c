"""NTK-by-parts (Peng et al. 2023, §3.2): pairs that turned little interpolate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, RopeConfig, Scaling


@dataclass(frozen=True)
class NtkByParts(Scaling):
    """θ' = (1−γ)·θ/s + γ·θ with γ = clamp((r−α)/(β−α), 0, 1), r = L/λ turns in training.

    Attributes:
        alpha: Pairs with fewer turns are fully interpolated.
        beta: Pairs with more turns are left alone.
    """

    name: ClassVar[str] = "ntk-by-parts"
    title: ClassVar[str] = "NTK by parts"
    formula: ClassVar[str] = "(1−γ)·θ_i/s + γ·θ_i, γ = clamp((L/λ_i − α)/(β − α), 0, 1)"
    summary: ClassVar[str] = "Pairs that turned often in training stay, slow ones are interpolated."

    alpha: float = 1.0
    beta: float = 32.0

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        turns = config.trained / config.wavelengths
        kept = np.clip((turns - self.alpha) / (self.beta - self.alpha), 0.0, 1.0)
        return np.asarray(1 / (1 - (1 - kept) * (1 - 1 / factor)), np.float64)
