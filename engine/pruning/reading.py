"""Norms of every matrix's inputs from one pass of the dense model; any score reads only these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from engine.pruning.inputs import Inputs
from engine.pruning.one_pass import visit_in_one_pass
from engine.pruning.passages import Passages
from engine.pruning.ranking import Ranking, rank
from engine.pruning.recipe import Recipe
from engine.pruning.score import score
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def read_norms(
    model: PreTrainedModel, found: Sequence[Target], text: Passages, check: Callable[[], None]
) -> dict[str, Tensor]:
    """L2 norm of each input feature ``[in]`` by the matrix's name, inputs of the dense model.

    Matrices that read one tensor share one statistic.
    """
    norms: dict[str, Tensor] = {}

    def visit(target: Target, inputs: Inputs) -> None:
        norms[target.name] = inputs.norms

    visit_in_one_pass(model, found, text, visit, check)
    return norms


def rank_all(
    found: Sequence[Target], norms: dict[str, Tensor], recipe: Recipe, check: Callable[[], None]
) -> dict[str, Ranking]:
    """How the weights of every matrix rank under a score, by its name."""
    rankings: dict[str, Ranking] = {}
    for target in found:
        check()
        rankings[target.name] = rank(score(target.weight, norms[target.name], recipe), recipe.group)
    return rankings
