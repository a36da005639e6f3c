"""MPT: the bias is an argument, slope · (j - last), cut to the keys (`MptAttention.forward`)."""

from __future__ import annotations

import torch

from engine.inspection.families.parts import Parts, Tapped, operands


def parts(tapped: Tapped) -> Parts:
    """Scaling from the module; the bias of the last keys of `position_bias`."""
    q, k = operands(tapped)
    bias = tapped.call.get("position_bias")
    row = bias[:, 0, -k.shape[1] :] if isinstance(bias, torch.Tensor) else None
    return Parts(q, k, float(getattr(tapped.module, "softmax_scale")), key_bias=row)  # noqa: B009
