"""Zero the weights of the lowest score and leave the rest alone: magnitude, Wanda, RI, RIA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from engine.pruning.inputs import Inputs
from engine.pruning.ranking import lowest, pruned_of_m, zero
from engine.pruning.recipe import Pattern, Recipe
from engine.pruning.score import score


@dataclass(frozen=True)
class Scored:
    """Pruning by one score.

    Attributes:
        recipe: The score and the group in which it is compared.
        pattern: How zeros may lie.
    """

    updates: ClassVar[bool] = False

    recipe: Recipe
    pattern: Pattern = Pattern()

    def prune(self, weight: Tensor, inputs: Inputs, ratio: float) -> Tensor:
        """See `Method.prune`."""
        scores = score(weight, inputs.norms, self.recipe)
        if self.pattern.free:
            gone = lowest(scores, self.recipe.group, ratio)
        else:
            gone = pruned_of_m(scores, self.pattern)
        zero(weight, gone)
        return gone
