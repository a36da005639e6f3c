"""ReLU, the activation of the native Transformer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.inspection.anatomy.activations.base import Activation, Array


@dataclass(frozen=True)
class Relu(Activation):
    """max(0, x); its slope at 0 is taken as 0, as torch does."""

    id: ClassVar[str] = "relu"
    name: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = "max(0, x)"
    source: ClassVar[str] = "Nair & Hinton 2010"

    def value(self, x: Array) -> Array:
        return np.maximum(x, 0.0)

    def slope(self, x: Array) -> Array:
        return (x > 0).astype(np.float64)
