"""GELU as it is defined (Hendrycks & Gimpel 2016): BERT, BART."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.inspection.anatomy.activations.base import (
    Activation,
    Array,
    normal_cdf,
    normal_density,
)


@dataclass(frozen=True)
class Gelu(Activation):
    """x weighed by the chance that a standard normal is below it; slope Φ(x) + x φ(x)."""

    id: ClassVar[str] = "gelu"
    name: ClassVar[str] = "GELU"
    formula: ClassVar[str] = "x·Φ(x)"
    source: ClassVar[str] = "Hendrycks & Gimpel 2016, eq. 1"

    def value(self, x: Array) -> Array:
        return x * normal_cdf(x)

    def slope(self, x: Array) -> Array:
        return normal_cdf(x) + x * normal_density(x)
