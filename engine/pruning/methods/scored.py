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
        gone = self.choose(score(weight, inputs.norms, self.recipe), ratio)
        zero(weight, gone)
        return gone

    def choose(self, scores: Tensor, ratio: float) -> Tensor:
        """True where a weight of these scores goes, bool ``[..., out, in]``."""
        if self.pattern.free:
            return lowest(scores, self.recipe.group, ratio)
        return pruned_of_m(scores, self.pattern)

    @property
    def scores_outputs(self) -> bool:
        """Whether a squared score is what the weight adds to the squared output, ``(W·‖X‖)²``."""
        recipe = self.recipe
        return recipe.mode == "none" and recipe.u == 1 and recipe.a == 1
