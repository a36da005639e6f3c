"""The proof badge: weights rebuilt from what we keep, against the model's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from engine.inspection.interface import eager_function
from engine.inspection.stages import EXACT_CELLS, stage_at

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from engine.inspection.capture import Float, LayerCapture

LEAST_TOLERANCE: Final = 1e-5
ROUNDING: Final = 2.0**-23  # float32's step, relative to the number


def sampled(queries: int, most: int) -> NDArray[np.int64]:
    """Evenly chosen queries, the first and the last among them."""
    return np.unique(np.linspace(0, queries - 1, min(queries, most)).astype(np.int64))


def own_weights(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    mask: torch.Tensor | None,
    causal: bool,
    rows: NDArray[np.int64],
    call: dict[str, Any],
) -> Float | None:
    """The weights of some queries by the family's own written-out function, in float32.

    Args:
        module, query, key, call: As the attention function got them.
        mask: Bool, additive, or None.
        causal: What None stands for.
        rows: Which queries.

    Returns:
        ``[heads, rows, keys]``, or None when the family has no such function.
    """
    eager = eager_function(module)
    if eager is None:
        return None
    at = torch.from_numpy(rows).to(query.device)
    queries, keys = query.shape[2], key.shape[2]
    lowest = torch.finfo(torch.float32).min
    if mask is None:
        seen = torch.ones((len(rows), keys), dtype=torch.bool, device=query.device)
        if causal:
            places = torch.arange(keys, device=query.device)
            seen = places[None, :] <= at[:, None] + (keys - queries)
        mask = seen[None, None]
    elif mask.shape[-2] > 1:
        mask = mask[..., at, :]
    additive = (
        torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, lowest)
        if mask.dtype == torch.bool
        else mask.float()
    )
    call = {name: value for name, value in call.items() if name not in {"is_causal", "dropout"}}
    bias = call.get("position_bias")
    if isinstance(bias, torch.Tensor):
        call["position_bias"] = (bias[..., at, :] if bias.shape[-2] > 1 else bias).float()
    if isinstance(call.get("s_aux"), torch.Tensor):
        call["s_aux"] = call["s_aux"].float()
    value = torch.zeros((*key.shape[:3], 1), device=key.device)
    found = eager(
        module, query[:, :, at].float(), key.float(), value, additive, dropout=0.0, **call
    )
    weights = found[1] if isinstance(found, tuple) else None
    return None if weights is None else weights[0].float().cpu().numpy()


def error_of(layer: LayerCapture, rows: NDArray[np.int64], own: Float) -> float:
    """Largest |rebuilt - own| over all kept heads and the sampled rows.

    Args:
        layer: The capture with its row sums.
        rows: Which queries.
        own: The model's weights of the kept heads, ``[heads, rows, keys]``.
    """
    cols = slice(0, layer.shape[1])
    worst = 0.0
    at_once = max(1, EXACT_CELLS // layer.shape[1])
    for head in range(layer.heads):
        for start in range(0, len(rows), at_once):
            part = slice(start, start + at_once)
            rebuilt = stage_at(layer, head, "softmax", rows[part], cols)
            worst = max(worst, float(np.abs(rebuilt - own[head, part]).max(initial=0.0)))
    return worst


def tolerance(layer: LayerCapture) -> float:
    """What `error_of` may be at most if nothing but float32's rounding sets the two apart.

    A weight moves by at most its score's error, and a score is rounded relative to the numbers
    that it is summed from. Their size, and with it the error, grows with the text where a bias is
    added as slope · j: teach-alibi's scores reach 1,000, 2,000 and 5,000 at 2,000, 4,000 and
    10,000 tokens, and its weights differ by 9e-6, 5e-5 and 2e-4, which is 0.3 steps of float32 at
    that size. Products of queries and keys grow little: teach-rope differs by 5e-6 at 100 tokens
    and by 9e-6 at 30,000.

    Args:
        layer: The capture with its row sums.

    Returns:
        One float32 step at the size of the largest row sum or product, at least 1e-5.
    """
    sums = layer.lse[np.isfinite(layer.lse)]
    products = float(_longest(layer.q) * _longest(layer.k) * layer.scaling)
    largest = max(float(np.abs(sums).max(initial=0.0)), products)
    return max(LEAST_TOLERANCE, ROUNDING * largest)


def _longest(vectors: Float) -> float:
    return float(np.sqrt(np.einsum("htd,htd->ht", vectors, vectors).max(initial=0.0)))
