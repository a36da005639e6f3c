"""Turning vectors that are turned already: from one position to another, on tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Turn:
    """How a model turns its queries and keys.

    Attributes:
        inv_freq: θ_i, float32 ``[pairs]``.
        interleaved: Pairs are neighbours (GLM, Cohere, GPT-J); else the two halves of the width.
    """

    inv_freq: Tensor
    interleaved: bool = False

    def moved(self, vectors: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """Vectors as if they had been turned at other positions.

        The angle of a position is rounded to float32 before the sine is taken, as models do, so
        the result is that of a fresh rotation up to the rounding of a product.

        Args:
            vectors: ``[rows, heads, tokens, head_dim]``; dimensions beyond the pairs never turn.
            before: Positions at which they are turned, ``[rows, tokens]``.
            after: Positions at which they shall be, likewise.
        """
        theta = self.inv_freq.to(vectors.device)
        angles = after.float()[..., None] * theta - before.float()[..., None] * theta
        cos, sin = angles.cos()[:, None], angles.sin()[:, None]  # [rows, 1, tokens, pairs]
        width = 2 * theta.shape[0]
        turning, still = vectors[..., :width].float(), vectors[..., width:]
        if self.interleaved:
            first, second = turning[..., 0::2], turning[..., 1::2]
        else:
            first, second = turning.chunk(2, dim=-1)
        pair = (first * cos - second * sin, second * cos + first * sin)
        joined = torch.stack(pair, -1).flatten(-2) if self.interleaved else torch.cat(pair, -1)
        return torch.cat([joined.to(vectors.dtype), still], -1)
