"""Swish (Ramachandran, Zoph & Le 2017); with β = 1 it is SiLU, the gate of LLaMA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.inspection.anatomy.activations.base import Activation, Array, sigmoid


@dataclass(frozen=True)
class Swish(Activation):
    """x σ(βx): β = 0 is x / 2, β = 1 SiLU, a large β comes close to ReLU."""

    id: ClassVar[str] = "swish"
    name: ClassVar[str] = "Swish"
    formula: ClassVar[str] = "x·σ(βx)"
    source: ClassVar[str] = "Ramachandran et al. 2017"
    has_beta: ClassVar[bool] = True

    def value(self, x: Array) -> Array:
        return x * sigmoid(self.beta * x)

    def slope(self, x: Array) -> Array:
        open_ = sigmoid(self.beta * x)
        return open_ + self.beta * x * open_ * (1.0 - open_)
