"""Whether looking inside fits in memory, said before it is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from engine.decoding.batching import free_bytes
from engine.errors import DeviceOutOfMemory

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SHARE_OF_MEMORY: Final = 0.7


def check_room(tokens: int, needed: int, device: torch.device, *, choosable: bool) -> None:
    """Refuse what would not fit.

    Args:
        tokens: Of the text.
        needed: Bytes.
        device: Where.
        choosable: Whether fewer layers or heads would need less.

    Raises:
        DeviceOutOfMemory: It does not fit.
    """
    free = free_bytes(device)
    if needed > SHARE_OF_MEMORY * free:
        raise DeviceOutOfMemory(
            f"Looking into {tokens:,} tokens needs {needed / 1e9:.1f} GB; "
            f"{free / 1e9:.1f} GB are free.",
            "Choose fewer layers or heads, or a shorter text." if choosable else "Shorten it.",
        )


def fused(model: PreTrainedModel) -> bool:
    """Whether scores stay inside a kernel."""
    return "sdpa" in str(model.config._attn_implementation)


def written_out(model: PreTrainedModel) -> bool:
    """Whether a matrix of all pairs of tokens is in memory: scores, or a bias on them (T5)."""
    names = (name for name, _ in model.named_parameters())
    return not fused(model) or any("relative_attention_bias" in name for name in names)
