"""First-order Taylor: what the loss changes by, to first order, when a weight goes."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from engine.pruning.inputs import Inputs
from engine.pruning.methods.by_gradient import ByGradient
from engine.pruning.recipe import Group


class Taylor(ByGradient):
    """``S_ij = √(Σ_n (W_ij · ∂L_n/∂W_ij)²)`` (Molchanov et al. 2019, eq. 8, per weight)."""

    group: ClassVar[Group] = "matrix"

    def scores(self, weight: Tensor, inputs: Inputs, gradient: Tensor) -> Tensor:
        """See `ByGradient.scores`; the inputs are in the gradient already."""
        return weight.detach().abs().float() * gradient
