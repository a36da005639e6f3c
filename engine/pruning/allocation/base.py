"""What every rule of allocation sees and gives. Plain numpy: a dragged layer rebalances at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec

Ratios = NDArray[np.float64]
HIGHEST = 0.95


@dataclass(frozen=True, eq=False)
class Budget:
    """What is to be shared.

    Attributes:
        ratio: Share of zeros over all weights.
        sizes: Weights per matrix, ``[matrices]``.
        layers: Layer of each matrix.
        grid: Ratios of the curves, ascending from 0.
        curves: Predicted relative error, ``[matrices, grid]``.
        outliers: Share of outlying scores per matrix (OWL), ``[matrices]``.
        highest: Largest ratio that a matrix may get.
        fixed: Ratios that a person has set, by number of the matrix; the rest makes up for them.
    """

    ratio: float
    sizes: NDArray[np.int64]
    layers: tuple[int, ...]
    grid: Ratios
    curves: NDArray[np.float64]
    outliers: Ratios
    highest: float = HIGHEST
    fixed: dict[int, float] = field(default_factory=dict)

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which matrices the rule may decide about."""
        return np.array([index not in self.fixed for index in range(len(self.sizes))])

    @property
    def left(self) -> float:
        """Zeros that the free matrices have to take.

        Raises:
            BadSpec: The fixed ratios leave more, or fewer than none, for the rest.
        """
        taken = sum(ratio * int(self.sizes[index]) for index, ratio in self.fixed.items())
        left = self.ratio * float(self.sizes.sum()) - taken
        room = self.highest * float(self.sizes[self.free].sum())
        if not -1e-6 <= left <= room + 1e-6:
            raise BadSpec(
                "The fixed layers leave a budget that the other layers cannot take.",
                "Move a fixed layer nearer to the others, or change the whole ratio.",
            )
        return max(0.0, left)


class Allocation(Protocol):
    """A rule of allocation."""

    def __call__(self, budget: Budget) -> Ratios:
        """A ratio per matrix, ``[matrices]``, of which the weighted mean is the budget's."""
        ...


def filled(budget: Budget, wish: Ratios) -> Ratios:
    """Wished ratios moved by one common amount until the budget is met, within 0 and the highest.

    Args:
        budget: What is to be met; fixed ratios are put in.
        wish: ``[matrices]``.
    """
    left = budget.left
    free = budget.free
    sizes = budget.sizes[free].astype(float)
    ratios = np.array([budget.fixed.get(index, 0.0) for index in range(len(budget.sizes))])
    plain = np.clip(wish[free], 0, budget.highest)
    if np.isclose(float(plain @ sizes), left, rtol=1e-12):  # met as wished: bit for bit the wish
        ratios[free] = plain
        return ratios
    low, high = -1.0, 1.0
    for _ in range(60):  # bisection: the sum grows with the shift
        middle = (low + high) / 2
        given = np.clip(wish[free] + middle, 0, budget.highest)
        if float(given @ sizes) < left:
            low = middle
        else:
            high = middle
    ratios[free] = np.clip(wish[free] + (low + high) / 2, 0, budget.highest)
    return ratios
