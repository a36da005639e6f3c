"""Weighted input feature norm: structured Wanda."""

from __future__ import annotations

from torch import Tensor

from engine.pruning.inputs import Inputs


def wifn(weight: Tensor, inputs: Inputs) -> Tensor:
    """``mean_i |W_ij| · ‖X_j‖`` of each input j (WIFN; An et al. 2024, section 4).

    Args:
        weight: ``[out, in]``.
        inputs: What it multiplies.

    Returns:
        Float32 ``[in]``.
    """
    return weight.abs().float().mean(0) * inputs.norms
