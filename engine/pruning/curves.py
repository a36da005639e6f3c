"""What each matrix would lose at any ratio, from one sort and no further forward pass.

Were the features of an input independent, zeroing weights adds ``Σ (W_ij · ‖X_j‖)²`` of them to
the squared error of the outputs. In the order of the ranking the running sum of these is the error
at every ratio at once.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.pruning.ranking import Ranking, count

GRID: Final[tuple[float, ...]] = tuple(round(0.05 * step, 2) for step in range(20))
"""Ratios at which curves are kept: 0 to 0.95."""


def error_curve(
    weight: Tensor, norms: Tensor, ranking: Ranking, grid: tuple[float, ...] = GRID
) -> NDArray[np.float64]:
    """Predicted relative squared error of a matrix's outputs at the ratios of a grid.

    Args:
        weight: ``[out, in]``.
        norms: L2 norms of the inputs' features, ``[in]``.
        ranking: In which order the weights go.
        grid: Ratios.

    Returns:
        ``[len(grid)]``, from 0, growing, below 1.
    """
    power = (weight.detach().float() * norms).double().square()
    ranks = ranking.ranks.long()
    if ranking.group == "matrix":
        power, ranks = power.flatten(), ranks.flatten()
    ordered = torch.zeros_like(power).scatter_(-1, ranks, power)
    running = ordered.cumsum(-1)
    total = float(power.sum())
    found = np.zeros(len(grid))
    for place, ratio in enumerate(grid):
        gone = count(ratio, ranking.size)
        if gone and total:
            found[place] = float(running[..., gone - 1].sum()) / total
    return found


def outlier_share(weight: Tensor, norms: Tensor, factor: float) -> float:
    """Share of weights whose Wanda score exceeds ``factor`` times the mean (OWL, eq. 1)."""
    scores = weight.detach().abs().float() * norms
    return float((scores > factor * scores.mean()).float().mean())
