"""Llama 3.1's scaling: fast pairs stay, slow ones are divided, a blend between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, Parameters, RopeConfig, Scaling


@dataclass(frozen=True)
class Llama3(Scaling):
    """λ < L/high: θ; λ > L/low: θ/s; between: (1−t)·θ/s + t·θ, t = (L/λ − low)/(high − low).

    Attributes:
        low_freq_factor, high_freq_factor: Turns in training at which the blend begins and ends.
    """

    name: ClassVar[str] = "llama3"
    title: ClassVar[str] = "Llama 3"
    formula: ClassVar[str] = "(1−γ)·θ_i/s + γ·θ_i, γ = clamp((L/λ_i − low)/(high − low), 0, 1)"
    summary: ClassVar[str] = "Long waves divided, short ones kept, between blended."

    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        turns = config.trained / config.wavelengths
        width = self.high_freq_factor - self.low_freq_factor
        kept = np.clip((turns - self.low_freq_factor) / width, 0.0, 1.0)
        return np.asarray(1 / (1 - (1 - kept) * (1 - 1 / factor)), np.float64)

    def parameters(self, config: RopeConfig, factor: float, length: int = 0) -> Parameters:
        self.inv_freq(config, factor, length)  # refuses what cannot be applied
        return {
            "rope_type": "llama3",
            "rope_theta": config.base,
            "factor": factor,
            "low_freq_factor": self.low_freq_factor,
            "high_freq_factor": self.high_freq_factor,
            "original_max_position_embeddings": config.trained,
        }
