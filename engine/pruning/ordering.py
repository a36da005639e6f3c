"""The order of scores, ties in reading order: a stable sort, several times faster on a CPU."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor

SIGN: Final = np.uint32(1 << 31)
HALF: Final = np.uint64(32)
PLACE: Final = np.uint64((1 << 32) - 1)


def ascending(scores: Tensor) -> Tensor:
    """Places of the scores along the last axis, the least first, ties in reading order, int64.

    The bits of a float that is not negative order as the float does. With its place behind them in
    one 64-bit number no two are alike, so that any sort is a stable one: NumPy's sort of numbers
    uses vector instructions, a sort of places (torch's and NumPy's) does not.

    Args:
        scores: ``[..., places]``; infinities come last, what is no number behind them.
    """
    if scores.device.type != "cpu" or scores.dtype != torch.float32:
        return scores.argsort(dim=-1, stable=True)
    bits = scores.contiguous().numpy().view(np.uint32)
    if bits.max(initial=0) >= SIGN:  # a negative score: its bits order the other way
        return scores.argsort(dim=-1, stable=True)
    keys = bits.astype(np.uint64)
    keys <<= HALF
    keys |= np.arange(bits.shape[-1], dtype=np.uint64)
    keys.sort(axis=-1)
    keys &= PLACE
    return torch.from_numpy(keys.view(np.int64))
