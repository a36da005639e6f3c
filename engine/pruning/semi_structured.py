"""Whether 2:4 zeros make products faster here: measured per shape, never promised.

torch keeps a 2:4 matrix in half the memory for CUDA's sparse tensor cores; reports say that this
helps large batches and slows single tokens down. Elsewhere zeros are multiplied like any number.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn

from engine.pruning.recipe import Pattern

REPEATS: Final = 20


def no_kernel(pattern: Pattern, weight: Tensor) -> str:
    """Why a pattern of zeros brings no speed for such matrices here; empty when it does.

    Args:
        pattern: The pattern of the zeros.
        weight: A pruned matrix ``[out, in]``.
    """
    if (pattern.keep, pattern.of) != (2, 4):
        return "Only zeros of the pattern 2:4 have kernels that skip them."
    if weight.device.type != "cuda":
        return "On a CPU no kernel skips zeros: they are multiplied like any other number."
    if weight.dtype not in (torch.float16, torch.bfloat16):
        return "Kernels that skip 2:4 zeros compute in 16 bits; these weights are of another kind."
    try:
        dense, sparse = _times(weight)
    except (RuntimeError, NotImplementedError) as error:
        return f"This device has no kernel that skips 2:4 zeros: {error}"
    if sparse >= dense:
        return f"The kernel that skips 2:4 zeros takes {sparse / dense:.2f}× as long for one token."
    return ""


def _times(weight: Tensor) -> tuple[float, float]:
    """Median seconds of one token's product, dense and 2:4."""
    from torch.sparse import to_sparse_semi_structured

    rows = torch.randn(1, weight.shape[1], dtype=weight.dtype, device=weight.device)
    packed = to_sparse_semi_structured(weight.contiguous())
    return (
        _median(lambda: nn.functional.linear(rows, weight)),
        _median(lambda: nn.functional.linear(rows, packed)),
    )


def _median(work: Callable[[], Tensor]) -> float:
    spent = []
    for _ in range(REPEATS):
        torch.cuda.synchronize()
        started = time.perf_counter()
        work()
        torch.cuda.synchronize()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent[1:])
