"""Gated linear units: one projection opens or closes what another lets through.

GLU (Dauphin et al. 2017) and its variants (Shazeer 2020): ``act(xW + b) ⊗ (xV + c)``. The two
inputs of a gate are named as models name their projections: ``gate`` is bent, ``up`` is let
through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.inspection.anatomy.activations.base import Activation, Array


@dataclass(frozen=True)
class GatedUnit:
    """A gated linear unit.

    Attributes:
        id: Stable name.
        name: As the field writes it.
        formula: In plain signs.
        source: Where it was published.
        activation: Name of the function that bends the gate.
    """

    id: str
    name: str
    formula: str
    source: str
    activation: str

    def act(self, beta: float = 1.0) -> Activation:
        """The function that bends the gate."""
        from engine.inspection.anatomy.activations.registry import activation

        return activation(self.activation, beta)

    def value(self, gate: Array, up: Array, beta: float = 1.0) -> Array:
        """``act(gate) ⊗ up``; the two may be of any shapes that broadcast."""
        return self.act(beta).value(gate) * up

    def slopes(self, gate: Array, up: Array, beta: float = 1.0) -> tuple[Array, Array]:
        """Derivatives by the gate, ``act'(gate) ⊗ up``, and by what is let through."""
        act = self.act(beta)
        return act.slope(gate) * up, act.value(gate) + 0.0 * up


SHAZEER: Final = "Shazeer 2020"
GATED: Final = (
    GatedUnit("glu", "GLU", "σ(xW + b) ⊗ (xV + c)", "Dauphin et al. 2017", "sigmoid"),
    GatedUnit("reglu", "ReGLU", "ReLU(xW + b) ⊗ (xV + c)", SHAZEER, "relu"),
    GatedUnit("geglu", "GEGLU", "GELU(xW + b) ⊗ (xV + c)", SHAZEER, "gelu"),
    GatedUnit("swiglu", "SwiGLU", "Swishᵦ(xW + b) ⊗ (xV + c)", SHAZEER, "swish"),
)
