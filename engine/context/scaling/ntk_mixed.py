"""NTK-mixed (Su 2023): slow pairs interpolate, fast ones extrapolate, with a smooth passage."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import ClassVar

import numpy as np

from engine.context.scaling.base import Frequencies, RopeConfig, Scaling


@dataclass(frozen=True)
class NtkMixed(Scaling):
    """θ_m / exp(a·m^p), m = 1 … d/2, with a·(d/2)^p = ln k: the slowest is divided by k.

    Attributes:
        power: p; the author found 0.625. With 1 it is his NTK-fixed.
    """

    name: ClassVar[str] = "ntk-mixed"
    title: ClassVar[str] = "NTK mixed"
    formula: ClassVar[str] = "θ_m / exp(a·m^0.625), a·(d/2)^0.625 = ln k"
    summary: ClassVar[str] = "Divisors grow with the pair's number (Su 2023)."

    power: float = 0.625

    def divisors(self, config: RopeConfig, factor: float, length: int) -> Frequencies:
        place = np.arange(1, config.pairs + 1) / config.pairs
        return np.asarray(np.exp(log(factor) * place**self.power), np.float64)
