"""Reading a dense model once: how every weight ranks, and what each ratio would cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.pruning.allocation.base import Budget
from engine.pruning.allocation.owl import OUTLIER_FACTOR
from engine.pruning.curves import GRID, error_curve, outlier_share
from engine.pruning.inputs import Inputs
from engine.pruning.one_pass import visit_in_one_pass
from engine.pruning.passages import Passages
from engine.pruning.ranking import Ranking, rank
from engine.pruning.recipe import Recipe
from engine.pruning.score import score
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class Judged:
    """All matrices of a dense model, ranked.

    Attributes:
        rankings: By the matrix's name.
        norms: L2 norms of the inputs' features, by the matrix's name.
        curves: Predicted relative error at the ratios of `GRID`, ``[matrices, grid]``.
        outliers: Share of outlying scores, ``[matrices]``.
        sizes: Weights, ``[matrices]``.
        layers: Layer of each.
    """

    rankings: dict[str, Ranking]
    norms: dict[str, Tensor]
    curves: NDArray[np.float64]
    outliers: NDArray[np.float64]
    sizes: NDArray[np.int64]
    layers: tuple[int, ...]

    def budget(self, ratio: float, fixed: dict[int, float] | None = None) -> Budget:
        """What a rule of allocation shares at a ratio of the whole."""
        return Budget(
            ratio=ratio,
            sizes=self.sizes,
            layers=self.layers,
            grid=np.array(GRID),
            curves=self.curves,
            outliers=self.outliers,
            fixed=fixed or {},
        )


def judge(
    model: PreTrainedModel,
    found: Sequence[Target],
    text: Passages,
    recipe: Recipe,
    check: Callable[[], None],
) -> Judged:
    """Rank every matrix by its dense inputs: one forward pass, one sort per matrix."""
    rankings: dict[str, Ranking] = {}
    norms: dict[str, Tensor] = {}
    curves: dict[str, NDArray[np.float64]] = {}
    outliers: dict[str, float] = {}

    def visit(target: Target, inputs: Inputs) -> None:
        weight = target.weight
        ranking = rank(score(weight, inputs.norms, recipe), recipe.group)
        rankings[target.name] = ranking
        norms[target.name] = inputs.norms
        curves[target.name] = error_curve(weight, inputs.norms, ranking)
        outliers[target.name] = outlier_share(weight, inputs.norms, OUTLIER_FACTOR)

    visit_in_one_pass(model, found, text, visit, check)
    names = [target.name for target in found]
    return Judged(
        rankings=rankings,
        norms=norms,
        curves=np.stack([curves[name] for name in names]),
        outliers=np.array([outliers[name] for name in names]),
        sizes=np.array([target.weight.numel() for target in found]),
        layers=tuple(target.layer for target in found),
    )
