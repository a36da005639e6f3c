"""What the reference blocks share: plain attention and a position-wise network."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Outputs:
    """What a forward pass returns, named as transformers names it."""

    logits: Tensor
    encoder_last_hidden_state: Tensor | None = None


def split_heads(x: Tensor, heads: int) -> Tensor:
    """``[batch, tokens, width]`` → ``[batch, heads, tokens, head_dim]``."""
    batch, tokens, width = x.shape
    return x.view(batch, tokens, heads, width // heads).transpose(1, 2)


def attend(q: Tensor, k: Tensor, v: Tensor, allowed: Tensor) -> Tensor:
    """Scaled dot-product attention.

    Args:
        q, k, v: ``[batch, heads, tokens, head_dim]``.
        allowed: bool, broadcasts to ``[batch, heads, queries, keys]``; a query that may see no
            key looks at all alike (only padding does).

    Returns:
        ``[batch, queries, heads · head_dim]``.
    """
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
    mixed = scores.softmax(-1) @ v
    joined: Tensor = mixed.transpose(1, 2).flatten(2)
    return joined


def visible(mask: Tensor | None, batch: int, keys: int) -> Tensor:
    """A padding mask (1 = a token) as ``[batch, 1, 1, keys]``, all visible without one."""
    if mask is None:
        return torch.ones(batch, 1, 1, keys, dtype=torch.bool)
    return mask.bool()[:, None, None, :]


class Mlp(nn.Module):
    """Two projections with ReLU between them (Vaswani et al. 2017, eq. 2)."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """``[…, width]`` → the same."""
        out: Tensor = self.down(torch.relu(self.up(x)))
        return out
