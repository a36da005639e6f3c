"""How much attention the answer paid to each prompt token: mean weights and attention roll-out.

Attention is not an explanation: a head may look at a token and write nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch

from engine.decoding.batching import free_bytes
from engine.decoding.interrupt import Check, interruptible
from engine.errors import DeviceOutOfMemory, UnsupportedModel
from engine.models.architecture import shape_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SHARE_OF_MEMORY: Final = 0.5


@dataclass(frozen=True)
class AttentionShares:
    """Shares of attention per token of prompt and answer; each sums to 1.

    Attributes:
        mean: Mean weights of all heads and layers, float32 ``[tokens]``.
        rollout: Attention roll-out, float32 ``[tokens]``.
    """

    mean: torch.Tensor
    rollout: torch.Tensor


def attention_shares(
    model: PreTrainedModel, prompt: Sequence[int], answer: Sequence[int], check: Check
) -> AttentionShares:
    """Attention of the positions that predict the answer, averaged over them.

    Eager attention writes the weights out; the model's own implementation is put back after.

    Raises:
        UnsupportedModel: The model's weights cannot be read, or reading them changes its answers.
        DeviceOutOfMemory: The weights of all layers do not fit.
    """
    _refuse(model)
    ids = torch.tensor([[*prompt, *answer[:-1]]], device=model.device)
    _need_room(model, ids.shape[1])
    with torch.no_grad(), eager(model), interruptible(model, check):
        out = model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            use_cache=False,
            output_attentions=True,
        )
    weights = [layer for layer in out.attentions or () if layer is not None]
    layers = shape_of(model.config).layers
    if len(weights) != layers or any(one.shape[-2:] != (ids.shape[1],) * 2 for one in weights):
        raise UnsupportedModel(
            f"The model “{model.config.model_type}” does not give its attention weights.",
            "Use leave-one-out, which needs none.",
        )
    heads = torch.stack([one[0].float().mean(0) for one in weights])  # [layers, tokens, tokens]
    asking = slice(len(prompt) - 1, None)  # the positions that predict the answer
    return AttentionShares(
        mean=heads.mean(0)[asking].mean(0), rollout=rollout(heads)[asking].mean(0)
    )


def rollout(weights: torch.Tensor) -> torch.Tensor:
    """Attention roll-out (Abnar & Zuidema 2020, eq. 1): half attention, half residual, layer by
    layer.

    Args:
        weights: Mean weights over heads, ``[layers, tokens, tokens]``, rows sum to 1.

    Returns:
        ``[tokens, tokens]``; row i says where position i's last state comes from.
    """
    residual = torch.eye(weights.shape[-1], device=weights.device, dtype=weights.dtype)
    rolled = residual
    for layer in weights:
        mixed = 0.5 * layer + 0.5 * residual
        rolled = (mixed / mixed.sum(-1, keepdim=True)) @ rolled
    return rolled


@contextmanager
def eager(model: PreTrainedModel) -> Iterator[None]:
    """Eager attention while the block lasts."""
    before = model.config._attn_implementation
    if before == "eager":
        yield
        return
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def _refuse(model: PreTrainedModel) -> None:
    config = model.config
    if config.model_type == "falcon" and getattr(config, "alibi", False):
        # Its eager path adds the bias twice when weights are asked for.
        raise UnsupportedModel(
            "Falcon with ALiBi answers differently while its attention is read.",
            "Use leave-one-out, which needs none.",
        )


def _need_room(model: PreTrainedModel, tokens: int) -> None:
    shape = shape_of(model.config)
    needed = 4 * shape.layers * shape.heads * tokens * tokens
    if needed > SHARE_OF_MEMORY * free_bytes(model.device):
        raise DeviceOutOfMemory(
            f"The attention weights of {tokens:,} tokens need {needed / 1e9:.1f} GB.",
            "Use leave-one-out, or a shorter prompt.",
        )
