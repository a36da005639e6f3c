"""Fluctuation: what an input adds beyond its mean, which a bias could stand in for."""

from __future__ import annotations

from torch import Tensor

from engine.pruning.inputs import Inputs


def flap(weight: Tensor, inputs: Inputs) -> Tensor:
    """``Var(X_j) · ‖W_:,j‖²`` of each input j (WIFV; An et al. 2024, eq. 5).

    The variance is that of a sample (n - 1), in float64: the difference of two large means would
    lose it.

    Args:
        weight: ``[out, in]``.
        inputs: What it multiplies.

    Returns:
        Float32 ``[in]``.
    """
    assert inputs.norms is not None  # says so when they are not finite
    rows = inputs.rows().double()
    spread = rows.var(0) if len(rows) > 1 else rows.new_zeros(rows.shape[1])
    return (spread * weight.double().square().sum(0)).float()
