"""Water-filling on predicted error curves: each matrix is cut until the next weight hurts alike.

The sum of all relative errors is least, for the budget, where every matrix loses the same error
per further weight (one Lagrange multiplier). Curves are replaced by their lower convex hulls.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.pruning.allocation.base import Budget, Ratios, filled


def water(budget: Budget) -> Ratios:
    """See `Allocation`."""
    grid = np.append(budget.grid[budget.grid < budget.highest], budget.highest)
    hulls = np.stack([hull(grid, np.interp(grid, budget.grid, curve)) for curve in budget.curves])
    sizes = budget.sizes.astype(float)
    slopes = np.diff(hulls, axis=1) / (np.diff(grid) * sizes[:, None])  # error per weight
    free = budget.free
    levels = np.sort(slopes[free].ravel())
    left = budget.left
    low, high = 0, len(levels) - 1
    while low < high:  # the lowest level whose segments take the whole budget
        middle = (low + high) // 2
        if _taken(slopes[free], levels[middle], grid) @ sizes[free] >= left:
            high = middle
        else:
            low = middle + 1
    full = _taken(slopes, levels[low], grid)
    below = _taken(slopes, np.nextafter(levels[low], -np.inf), grid)
    # the segments at the level itself are shared in equal parts
    room = float((full - below)[free] @ sizes[free])
    part = (left - float(below[free] @ sizes[free])) / room if room > 0 else 0.0
    return filled(budget, below + np.clip(part, 0, 1) * (full - below))


def _taken(slopes: NDArray[np.float64], level: float, grid: Ratios) -> Ratios:
    """The ratio up to which each matrix's slope stays at or under a level."""
    taken: Ratios = ((slopes <= level) * np.diff(grid)).sum(1)
    return taken


def hull(x: Ratios, y: Ratios) -> Ratios:
    """The lower convex hull of a curve, read at the same points."""
    corners = [0]
    for place in range(1, len(x)):
        while len(corners) > 1:
            a, b = corners[-2], corners[-1]
            if (y[b] - y[a]) * (x[place] - x[b]) >= (y[place] - y[b]) * (x[b] - x[a]):
                corners.pop()  # it lies on or above the line to the new point
            else:
                break
        corners.append(place)
    return np.interp(x, x[corners], y[corners])
