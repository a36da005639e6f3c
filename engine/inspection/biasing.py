"""A bias as a rule: slopes or buckets where they reproduce what the model added, else its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from engine.errors import DeviceOutOfMemory
from engine.inspection.biases import buckets
from engine.inspection.capture import Alibi, Bias, BucketBias, DenseBias, Float
from engine.inspection.masking import HIDDEN_BELOW

if TYPE_CHECKING:
    from torch import nn

DENSE_CELLS: Final = 1 << 28
AGREEMENT: Final = 1e-5


def bias_from_keys(row: torch.Tensor, queries: int) -> Bias | None:
    """A bias that every query adds alike, ``[heads, keys]``: ALiBi when it is a straight line.

    A constant per head is dropped: no softmax sees it.
    """
    values = row.detach().double().cpu().numpy()
    keys = values.shape[1]
    if keys < 2:
        return Alibi(np.zeros(len(values)), "key") if len(values) else None
    slopes = (values[:, -1] - values[:, 0]) / (keys - 1)
    line = values[:, :1] + slopes[:, None] * np.arange(keys)
    if np.abs(values - line).max() <= AGREEMENT * max(1.0, float(np.abs(values).max())):
        return Alibi(slopes, "key")
    shape = (len(values), queries, keys)
    return DenseBias(np.broadcast_to(values.astype(np.float32)[:, None, :], shape))


def bias_from_scores(
    scores: torch.Tensor, q: torch.Tensor, k: torch.Tensor, scaling: float
) -> Bias | None:
    """What the scores ``[heads, queries, keys]`` hold beside q·k · scaling; None = nothing."""
    _need_room(scores.shape[-1], scores.numel())
    keys = k.float().repeat_interleave(q.shape[0] // k.shape[0], dim=0)
    rest = scores.float() - (q.float() @ keys.transpose(-1, -2)) * scaling
    hidden = scores <= HIDDEN_BELOW
    rest = rest.masked_fill(hidden, 0.0)
    largest = float(scores.masked_fill(hidden, 0.0).abs().max())
    if float(rest.abs().max()) <= AGREEMENT * max(1.0, largest):
        return None
    return DenseBias(rest.cpu().numpy())


def bias_from_tensor(model: nn.Module, name: str, bias: Any, offset: int) -> Bias | None:  # noqa: ANN401
    """A bias given as ``[1, heads, queries, keys]``: T5's buckets when the table makes it."""
    if not isinstance(bias, torch.Tensor):
        return None
    if not bool(bias.any()):
        return None
    cells = bias[0]
    found = _buckets_of(model, name)
    if found is not None and _made_by(found, cells, offset):
        return found
    _need_room(cells.shape[-1], cells.numel())
    values: Float = cells.detach().float().cpu().numpy().copy()
    values[values <= HIDDEN_BELOW] = 0.0
    return DenseBias(values)


def _buckets_of(model: nn.Module, name: str) -> BucketBias | None:
    """The table in the same stack as the module: only its first layer owns one in T5."""
    stack = name.split(".")[:-1]
    best: BucketBias | None = None
    shared = -1
    for owner, module in model.named_modules():
        table = getattr(module, "relative_attention_bias", None)
        if not isinstance(table, torch.nn.Embedding):
            continue
        common = 0
        for left, right in zip(owner.split("."), stack, strict=False):
            if left != right:
                break
            common += 1
        exact = 100 if owner == name else 0  # families with a table in every layer
        if common + exact > shared:
            shared = common + exact
            best = BucketBias(
                table.weight.detach().float().cpu().numpy().T.copy(),
                bidirectional=not getattr(module, "is_decoder", False),
                max_distance=int(getattr(module, "relative_attention_max_distance", 128)),
            )
    return best


def _made_by(rule: BucketBias, cells: torch.Tensor, offset: int) -> bool:
    """Whether the table gives the tensor, in its first, middle and last query."""
    queries, keys = cells.shape[-2:]
    if len(rule.table) != cells.shape[0]:
        return False
    for i in {0, queries // 2, queries - 1}:
        ours = rule.table[:, buckets(np.arange(keys) - (i + offset), rule)]
        real = cells[:, i].detach().float().cpu().numpy()
        shown = real > HIDDEN_BELOW
        if not np.allclose(ours[shown], real[shown], atol=AGREEMENT):
            return False
    return True


def _need_room(keys: int, cells: int) -> None:
    if cells > DENSE_CELLS:
        raise DeviceOutOfMemory(
            f"The position bias of {keys:,} tokens is too large to be kept cell by cell.",
            "Look at a shorter text.",
        )
