"""The score of every weight of a matrix, from its magnitudes and its inputs' norms."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.pruning.recipe import Recipe


def score(weight: Tensor, norms: Tensor | None, recipe: Recipe) -> Tensor:
    """``normalise(|W|^u) · ‖X_j‖^a`` in float32.

    Args:
        weight: ``[..., out, in]`` (experts in front).
        norms: L2 norm of each input feature over the calibration tokens, ``[..., in]``; may be
            None when the recipe reads no inputs.
        recipe: Exponents and normalisation.

    Returns:
        ``[..., out, in]``, non-negative. A feature that was never active scores 0 and goes first.
    """
    size = weight.detach().abs().float()
    if recipe.u != 1:
        size = size**recipe.u
    if recipe.mode == "row+col":
        # Relative importance (Zhang et al. 2024): share of the row plus share of the column.
        size = _share(size, -2) + _share(size, -1)
    if recipe.needs_inputs:
        if norms is None:
            raise ValueError("this score needs the norms of the inputs")
        size = size.mul_((norms.float() ** recipe.a).unsqueeze(-2))  # `abs` has made a copy
    return size


def _share(size: Tensor, axis: int) -> Tensor:
    """Each entry over its sum along an axis; 0 where the sum is 0."""
    total = size.sum(axis, keepdim=True)
    return torch.where(total > 0, size / total.clamp_min(torch.finfo(size.dtype).tiny), size)
