"""GBLM: Wanda's score and the gradient's, added (Das et al. 2023)."""

from __future__ import annotations

from typing import ClassVar, Final

from torch import Tensor

from engine.pruning.inputs import Inputs
from engine.pruning.methods.by_gradient import ByGradient
from engine.pruning.recipe import Group

ALPHA: Final = 100.0
"""Weight of the gradient, as published."""


class Gblm(ByGradient):
    """``S_ij = |W_ij| · (‖X_j‖₂ + α ‖G_ij‖₂)``, compared within an output row.

    X over the calibration's tokens, G over its windows: both grow with the square root of the
    number of windows, so their balance does not depend on it.
    """

    group: ClassVar[Group] = "row"

    def scores(self, weight: Tensor, inputs: Inputs, gradient: Tensor) -> Tensor:
        """See `ByGradient.scores`."""
        return weight.detach().abs().float() * (inputs.norms + ALPHA * gradient)
