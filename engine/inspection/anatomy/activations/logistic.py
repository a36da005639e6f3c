"""The logistic sigmoid: the gate of GLU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.inspection.anatomy.activations.base import Activation, Array, sigmoid


@dataclass(frozen=True)
class Logistic(Activation):
    """σ(x) = 1 / (1 + e^-x)."""

    id: ClassVar[str] = "sigmoid"
    name: ClassVar[str] = "Sigmoid"
    formula: ClassVar[str] = "1 / (1 + e⁻ˣ)"
    source: ClassVar[str] = "logistic function"

    def value(self, x: Array) -> Array:
        return sigmoid(x)

    def slope(self, x: Array) -> Array:
        open_ = sigmoid(x)
        return open_ * (1.0 - open_)
