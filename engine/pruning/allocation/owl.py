"""OWL: layers with more outlying scores keep more weights (Yin et al. 2024)."""

from __future__ import annotations

import numpy as np

from engine.pruning.allocation.base import Budget, Ratios, filled

OUTLIER_FACTOR = 5.0
"""A score is an outlier beyond this many times the mean (M of the paper)."""
SPREAD = 0.08
"""Densities differ from the mean by at most this much (λ of the paper)."""


def owl(budget: Budget) -> Ratios:
    """Densities follow each layer's share of outliers: ``(D - min)/(max - min) · 2λ``, centred.

    All matrices of a layer get the layer's ratio.
    """
    layers = np.array(budget.layers)
    names = np.unique(layers)
    shares = np.array(
        [np.average(budget.outliers[layers == n], weights=budget.sizes[layers == n]) for n in names]
    )
    span = shares.max() - shares.min()
    lift = (shares - shares.min()) / span * 2 * SPREAD if span > 0 else np.zeros(len(names))
    lift = lift - lift.mean()
    wish = budget.ratio - lift[np.searchsorted(names, layers)]
    return filled(budget, wish)
