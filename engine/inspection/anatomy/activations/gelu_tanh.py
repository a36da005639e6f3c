"""GELU's tanh approximation: GPT-2, Bloom, ChatGLM-6B as released."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from engine.inspection.anatomy.activations.base import Activation, Array

FACTOR: Final = math.sqrt(2.0 / math.pi)
CUBIC: Final = 0.044715


@dataclass(frozen=True)
class GeluTanh(Activation):
    """½x (1 + tanh(√(2/π) (x + 0.044715 x³))), within 0.0005 of the exact one."""

    id: ClassVar[str] = "gelu-tanh"
    name: ClassVar[str] = "GELU (tanh)"
    formula: ClassVar[str] = "½x·(1 + tanh(√(2/π)·(x + 0.044715x³)))"
    source: ClassVar[str] = "Hendrycks & Gimpel 2016, eq. 2"

    def value(self, x: Array) -> Array:
        return 0.5 * x * (1.0 + np.tanh(FACTOR * (x + CUBIC * x**3)))

    def slope(self, x: Array) -> Array:
        bent = np.tanh(FACTOR * (x + CUBIC * x**3))
        inner = FACTOR * (1.0 + 3.0 * CUBIC * x * x)
        return 0.5 * (1.0 + bent) + 0.5 * x * (1.0 - bent * bent) * inner
