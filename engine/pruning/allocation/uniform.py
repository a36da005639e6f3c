"""The same ratio everywhere."""

from __future__ import annotations

import numpy as np

from engine.pruning.allocation.base import Budget, Ratios, filled


def uniform(budget: Budget) -> Ratios:
    """See `Allocation`; fixed matrices are made up for by all others alike."""
    return filled(budget, np.full(len(budget.sizes), budget.ratio))
