"""ChatGLM-6B: prefix mask, two-dimensional RoPE, DeepNorm (after its first released code).

transformers has no such class, and the code that came with the weights does not run under today's
versions. The released block computes a plain GELU; the textbook names GeGLU. Both are here.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.inspection.anatomy.norms.deep_norm import chatglm_alpha
from engine.inspection.anatomy.reference.parts import Outputs, attend, split_heads, visible


def rotate(x: Tensor, positions: Tensor) -> Tensor:
    """Turn pairs (i, i + half) of the last axis by position · 10000^(-2i/size).

    Args:
        x: ``[batch, heads, tokens, size]``.
        positions: ``[tokens]``.
    """
    size = x.shape[-1]
    speed = 10000.0 ** (-torch.arange(0, size, 2, dtype=x.dtype) / size)
    angle = (positions.to(x.dtype)[:, None] * speed).repeat(1, 2)  # [tokens, size]
    first, second = x.chunk(2, -1)
    return x * angle.cos() + torch.cat([-second, first], -1) * angle.sin()


def positions_2d(tokens: int, prefix: int) -> tuple[Tensor, Tensor]:
    """Place in the prompt and place in the answer of every token, ``[tokens]`` each.

    Tokens of the prompt count 0, 1, 2 … and are at place 0 of the answer; those of the answer
    stay at the prompt's last place and count 1, 2, 3 …
    """
    place = torch.arange(tokens)
    inside = place.clamp(max=max(prefix - 1, 0))
    block = (place - prefix + 1).clamp(min=0)
    return inside, block


class GlmAttention(nn.Module):
    """Fused projections; half of each head turns by each kind of position."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.dense = nn.Linear(width, width)

    def forward(self, x: Tensor, inside: Tensor, block: Tensor, allowed: Tensor) -> Tensor:
        """``[batch, tokens, width]`` → the same."""
        q, k, v = (split_heads(part, self.heads) for part in self.query_key_value(x).chunk(3, -1))
        q, k = (
            torch.cat([rotate(first, inside), rotate(second, block)], -1)
            for first, second in (q.chunk(2, -1), k.chunk(2, -1))
        )
        out: Tensor = self.dense(attend(q, k, v, allowed))
        return out


class GlmMlp(nn.Module):
    """GeGLU as the textbook names it, or the plain GELU (tanh) of the released code."""

    def __init__(self, width: int, inner: int, gated: bool) -> None:
        super().__init__()
        self.gate = nn.Linear(width, inner)
        self.up = nn.Linear(width, inner) if gated else None
        self.down = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """``[…, width]`` → the same."""
        if self.up is None:
            bent = F.gelu(self.gate(x), approximate="tanh")
        else:
            bent = F.gelu(self.gate(x)) * self.up(x)
        out: Tensor = self.down(bent)
        return out


class GlmLayer(nn.Module):
    """A layer with DeepNorm: the residual is the *normalised* vector times α.

    ``h = LN(x); y = α·h + attention(h); g = LN(y); out = α·g + mlp(g)``. Read from one norm to
    the next this is the paper's ``LN(α·x + f(x))``; only the border between layers is drawn
    before the norm instead of after it.
    """

    def __init__(self, width: int, heads: int, inner: int, alpha: float, gated: bool) -> None:
        super().__init__()
        self.alpha = alpha
        self.input_layernorm = nn.LayerNorm(width)
        self.attention = GlmAttention(width, heads)
        self.post_attention_layernorm = nn.LayerNorm(width)
        self.mlp = GlmMlp(width, inner, gated)

    def forward(self, x: Tensor, inside: Tensor, block: Tensor, allowed: Tensor) -> Tensor:
        """``[batch, tokens, width]`` → the same."""
        h = self.input_layernorm(x)
        g = self.post_attention_layernorm(
            self.alpha * h + self.attention(h, inside, block, allowed)
        )
        out: Tensor = self.alpha * g + self.mlp(g)
        return out


class ChatGlm(nn.Module):
    """A small ChatGLM.

    Args:
        gated: GeGLU (True) or the released plain GELU.
    """

    def __init__(
        self, vocabulary: int, width: int, heads: int, inner: int, layers: int, *, gated: bool
    ) -> None:
        super().__init__()
        alpha = chatglm_alpha(layers)
        self.word_embeddings = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList(
            GlmLayer(width, heads, inner, alpha, gated) for _ in range(layers)
        )
        self.final_layernorm = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)

    def forward(
        self, input_ids: Tensor, prefix: int, attention_mask: Tensor | None = None
    ) -> Outputs:
        """Predict after `input_ids` ``[batch, tokens]``; the first `prefix` are the prompt."""
        batch, tokens = input_ids.shape
        inside, block = positions_2d(tokens, prefix)
        allowed = torch.ones(tokens, tokens, dtype=torch.bool).tril()
        allowed[:, :prefix] = True
        seen = allowed & visible(attention_mask, batch, tokens)
        x = self.word_embeddings(input_ids)
        for layer in self.layers:
            x = layer(x, inside, block, seen)
        return Outputs(self.lm_head(self.final_layernorm(x)))
