"""The log-sum-exp of each query's scores, in blocks, so that no full matrix is ever held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from engine.decoding.interrupt import Check, no_check
from engine.inspection.biases import bias_at
from engine.inspection.stages import hides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.inspection.capture import LayerCapture

BLOCK_CELLS: Final = 1 << 22
EXACT_KEYS: Final = 2048  # up to here in float64, which is still quick


def with_row_sums(
    layer: LayerCapture, device: torch.device, check: Check = no_check
) -> LayerCapture:
    """The capture with its `lse` computed from everything else it holds.

    Args:
        layer: Its `lse` is ignored.
        device: Where the products run.
        check: Called between blocks; what it raises ends the work.
    """
    lse = np.empty(layer.q.shape[:2])
    for head in range(layer.heads):
        keys = torch.from_numpy(layer.k[layer.key_head(head)]).to(device)
        if len(keys) <= EXACT_KEYS:
            keys = keys.double()
        lse[head] = _of_head(layer, head, keys, check)
    return replace(layer, lse=lse)


def _of_head(
    layer: LayerCapture, head: int, keys: torch.Tensor, check: Check
) -> NDArray[np.float64]:
    queries, count = layer.shape
    rows_at_once = max(1, BLOCK_CELLS // count)
    found = np.empty(queries)
    for start in range(0, queries, rows_at_once):
        check()
        rows = np.arange(start, min(queries, start + rows_at_once))
        cols = _seen_by(layer, rows)
        q = torch.from_numpy(layer.q[head, rows]).to(keys)
        scores = (q @ keys[cols].T) * layer.scaling
        if layer.bias is not None:
            scores += torch.from_numpy(np.array(bias_at(layer, head, rows, cols))).to(keys.device)
        if layer.softcap is not None:
            scores = torch.tanh(scores / layer.softcap) * layer.softcap
        if hides(layer, rows, cols):
            hidden = torch.from_numpy(~layer.mask.allowed_at(rows, cols)).to(keys.device)
            scores.masked_fill_(hidden, float("-inf"))
        total = _log_sum(scores)
        if layer.sinks is not None:
            total = torch.logaddexp(total, torch.full_like(total, float(layer.sinks[head])))
        found[rows] = total.cpu().numpy()
    return found


def _log_sum(scores: torch.Tensor) -> torch.Tensor:
    """log Σ exp, summed in float64 whatever the exponentials are in."""
    top = scores.amax(dim=-1, keepdim=True)
    sums = torch.exp_(scores - top).sum(dim=-1, dtype=torch.float64)
    return top[:, 0].double() + torch.log(sums)


def _seen_by(layer: LayerCapture, rows: NDArray[np.int64]) -> slice:
    """Keys that some of these neighbouring queries may see."""
    mask, count = layer.mask, layer.shape[1]
    if mask.painted is not None or mask.kind not in {"causal", "window"}:
        return slice(0, count)
    last = min(count, int(rows[-1]) + mask.offset + 1)
    first = max(0, int(rows[0]) + mask.offset - mask.window + 1) if mask.kind == "window" else 0
    return slice(min(first, last), last)
