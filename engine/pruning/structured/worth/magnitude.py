"""Weights alone."""

from __future__ import annotations

from torch import Tensor

from engine.pruning.inputs import Inputs


def magnitude(weight: Tensor, _inputs: Inputs) -> Tensor:
    """``mean_i |W_ij|`` of each input j, whatever comes in.

    Args:
        weight: ``[out, in]``.

    Returns:
        Float32 ``[in]``.
    """
    return weight.abs().float().mean(0)
