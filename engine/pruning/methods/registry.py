"""Which method prunes the matrices: those of one score, or one with a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.pruning.methods.base import Method
from engine.pruning.methods.scored import Scored
from engine.pruning.methods.sparsegpt import SparseGpt
from engine.pruning.prune_spec import SPARSEGPT
from engine.pruning.recipe import Pattern, Recipe

OWN: Final[dict[str, Callable[[Pattern], Method]]] = {SPARSEGPT: SparseGpt}


def method_of(name: str, recipe: Recipe, pattern: Pattern) -> Method:
    """The method of a name; a name without a file of its own is a preset of the score."""
    return OWN[name](pattern) if name in OWN else Scored(recipe, pattern)
