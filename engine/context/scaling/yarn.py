"""YaRN (Peng et al. 2023): by-parts interpolation and a temperature, as released."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log, pi
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling


@dataclass(frozen=True)
class Yarn(Scaling):
    """θ' = ρ·θ/s + (1−ρ)·θ; the ramp ρ runs over the *number* of the pair, unlike NTK-by-parts.

    cos and sin are multiplied by 0.1·ln s + 1, so scores by its square (eq. 22).

    Attributes:
        beta_fast, beta_slow: Turns in training between which the ramp runs.
        truncate: Round the ends of the ramp outwards to whole pairs, as the release does.
    """

    name: ClassVar[str] = "yarn"
    title: ClassVar[str] = "YaRN"
    formula: ClassVar[str] = "ρ·θ_i/s + (1−ρ)·θ_i, cos, sin × (0.1·ln s + 1)"
    summary: ClassVar[str] = "NTK by parts with a temperature of the scores (Peng et al. 2023)."
    usual: ClassVar[bool] = True

    beta_fast: float = 32.0
    beta_slow: float = 1.0
    truncate: bool = True

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        return np.asarray(1 / (1 - self.ramp(config) * (1 - 1 / factor)), np.float64)

    def attention(self, config: RopeConfig, factor: float, length: int) -> float:
        return 0.1 * log(factor) + 1.0

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        return {
            "rope_type": "yarn",
            "rope_theta": config.base,
            "factor": factor,
            "beta_fast": self.beta_fast,
            "beta_slow": self.beta_slow,
            "truncate": self.truncate,
            "original_max_position_embeddings": config.trained,
        }

    def ramp(self, config: RopeConfig) -> Frequencies:
        """ρ per pair: 0 = left alone, 1 = fully interpolated."""
        low, high = (self._pair(config, turns) for turns in (self.beta_fast, self.beta_slow))
        if self.truncate:
            low, high = floor(low), ceil(high)
        low, high = max(low, 0), min(high, config.dim - 1)
        width = (high - low) or 0.001
        return np.clip((np.arange(config.pairs) - low) / width, 0.0, 1.0)

    def _pair(self, config: RopeConfig, turns: float) -> float:
        """The (fractional) pair that makes so many turns within the trained length."""
        if config.base <= 1:
            return 0.0
        return config.dim * log(config.trained / (turns * 2 * pi)) / (2 * log(config.base))
