"""The native Transformer (Vaswani et al. 2017): sines, ReLU, post-norm, encoder and decoder."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.inspection.anatomy.reference.parts import Mlp, Outputs, attend, split_heads, visible


def sinusoids(positions: int, width: int) -> Tensor:
    """The table of positions, ``[positions, width]`` (§3.5).

    ``PE(p, 2i) = sin(p / 10000^(2i/width))``, ``PE(p, 2i+1) = cos`` of the same: sine and cosine
    take turns.
    """
    place = torch.arange(positions, dtype=torch.float64)[:, None]
    speed = 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
    table = torch.empty(positions, width, dtype=torch.float64)
    table[:, 0::2] = torch.sin(place * speed)
    table[:, 1::2] = torch.cos(place * speed)
    return table.float()


class Attention(nn.Module):
    """Multi-head attention with four projections."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (
            nn.Linear(width, width, bias=False) for _ in range(4)
        )

    def forward(self, x: Tensor, source: Tensor, allowed: Tensor) -> Tensor:
        """Queries from `x`, keys and values from `source`, both ``[batch, tokens, width]``."""
        q = split_heads(self.query(x), self.heads)
        k = split_heads(self.key(source), self.heads)
        v = split_heads(self.value(source), self.heads)
        out: Tensor = self.output(attend(q, k, v, allowed))
        return out


class EncoderLayer(nn.Module):
    """Self-attention and network, each followed by LN(x + f(x))."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.attention_norm = nn.LayerNorm(width)
        self.mlp = Mlp(width, inner)
        self.mlp_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, allowed: Tensor) -> Tensor:
        """``[batch, tokens, width]`` → the same."""
        x = self.attention_norm(x + self.attention(x, x, allowed))
        out: Tensor = self.mlp_norm(x + self.mlp(x))
        return out


class DecoderLayer(nn.Module):
    """Masked self-attention, cross-attention and network, each followed by LN(x + f(x))."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.attention_norm = nn.LayerNorm(width)
        self.cross = Attention(width, heads)
        self.cross_norm = nn.LayerNorm(width)
        self.mlp = Mlp(width, inner)
        self.mlp_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, allowed: Tensor, memory: Tensor, readable: Tensor) -> Tensor:
        """``[batch, tokens, width]`` → the same, reading `memory` where `readable`."""
        x = self.attention_norm(x + self.attention(x, x, allowed))
        x = self.cross_norm(x + self.cross(x, memory, readable))
        out: Tensor = self.mlp_norm(x + self.mlp(x))
        return out


class NativeTransformer(nn.Module):
    """Encoder and decoder with one shared table of embeddings, which is the output, too."""

    def __init__(
        self, vocabulary: int, width: int, heads: int, inner: int, layers: int, context: int
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.positions = nn.Buffer(sinusoids(context, width), persistent=False)
        self.encoder = nn.ModuleList(EncoderLayer(width, heads, inner) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderLayer(width, heads, inner) for _ in range(layers))

    def forward(
        self,
        input_ids: Tensor,
        decoder_input_ids: Tensor,
        attention_mask: Tensor | None = None,
    ) -> Outputs:
        """Read `input_ids` ``[batch, tokens]`` and predict after `decoder_input_ids`."""
        readable = visible(attention_mask, *input_ids.shape)
        x = self._embed(input_ids)
        for layer in self.encoder:
            x = layer(x, readable)
        tokens = decoder_input_ids.shape[1]
        causal = torch.ones(tokens, tokens, dtype=torch.bool).tril()
        y = self._embed(decoder_input_ids)
        for layer in self.decoder:
            y = layer(y, causal, x, readable)
        return Outputs(y @ self.embedding.weight.T, x)

    def _embed(self, ids: Tensor) -> Tensor:
        """Embeddings times √width plus the sines (§3.4)."""
        x = self.embedding(ids)
        placed: Tensor = x * math.sqrt(x.shape[-1]) + self.positions[: ids.shape[1]]
        return placed
