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
from engine.pruning.passages import Passages
from engine.pruning.ranking import Ranking
from engine.pruning.reading import rank_all, read_norms
from engine.pruning.recipe import Recipe
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
    return judge_norms(found, read_norms(model, found, text, check), recipe, check)


def judge_norms(
    found: Sequence[Target], norms: dict[str, Tensor], recipe: Recipe, check: Callable[[], None]
) -> Judged:
    """Rank every matrix by the norms of its inputs' features, as `read_norms` gives them."""
    rankings = rank_all(found, norms, recipe, check)
    curves, outliers = [], []
    for target in found:
        check()
        own = norms[target.name]
        curves.append(error_curve(target.weight, own, rankings[target.name]))
        outliers.append(outlier_share(target.weight, own, OUTLIER_FACTOR))
    return Judged(
        rankings=rankings,
        norms=norms,
        curves=np.stack(curves),
        outliers=np.array(outliers),
        sizes=np.array([target.weight.numel() for target in found]),
        layers=tuple(target.layer for target in found),
    )
