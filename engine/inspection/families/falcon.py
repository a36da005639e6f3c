"""Falcon: rotary or ALiBi divided by √head_dim; the fused kernel gets it inside the mask.

Written out (eager), transformers' Falcon adds the ALiBi bias twice: once itself and once with the
mask. The probe keeps the kernel, so it sees what the model really answers with; of a model that was
loaded with eager attention it shows the doubled bias and says so.
"""

from __future__ import annotations

from typing import Final

import torch

from engine.inspection.families.parts import Parts, Tapped, operands, three

DOUBLED: Final = "alibi-twice"


def parts(tapped: Tapped) -> Parts:
    """Scaling 1/√head_dim; ALiBi of the fused kernel stands in the last row of its mask."""
    q, k = operands(tapped)
    scaling = q.shape[-1] ** -0.5
    if tapped.call.get("alibi") is None:
        return Parts(q, k, scaling)
    if tapped.kernel is not None:
        mask = tapped.kernel.get("attn_mask")
        if isinstance(mask, torch.Tensor):
            return Parts(q, k, scaling, key_bias=three(mask)[:, -1], rotated=False)
    assert tapped.scores is not None
    last = tapped.scores[0, :, -1].float()
    left = torch.einsum("hd,hkd->hk", q[:, -1].float(), k.float().expand(len(q), -1, -1))
    bias = last - left * scaling
    return Parts(q, k, scaling, key_bias=bias, rotated=False, note=DOUBLED)
