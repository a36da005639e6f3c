"""Which method prunes the matrices: those of one score, or one with a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.pruning.methods.base import Method
from engine.pruning.methods.by_gradient import ByGradient
from engine.pruning.methods.gblm import Gblm
from engine.pruning.methods.scored import Scored
from engine.pruning.methods.sparsegpt import SparseGpt
from engine.pruning.methods.taylor import Taylor
from engine.pruning.prune_spec import GBLM, SPARSEGPT, TAYLOR
from engine.pruning.recipe import Pattern, Recipe

BUILDERS: Final[dict[str, Callable[[Pattern], Method | ByGradient]]] = {
    SPARSEGPT: SparseGpt,
    TAYLOR: Taylor,
    GBLM: Gblm,
}


def method_of(name: str, recipe: Recipe, pattern: Pattern) -> Method | ByGradient:
    """The method of a name; a name without a file of its own is a preset of the score."""
    return BUILDERS[name](pattern) if name in BUILDERS else Scored(recipe, pattern)
