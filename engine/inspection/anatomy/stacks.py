"""Random stacks of Transformer layers whose only difference is where the norm stands."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.inspection.anatomy.norms.deep_norm import factors
from engine.inspection.anatomy.reference.parts import attend, split_heads
from engine.inspection.anatomy.rows.base import Placement


class StackLayer(nn.Module):
    """Self-attention and a ReLU network with norms in one placement.

    Weights start as Xavier normal; of DeepNorm's value, output and network weights with gain β
    (Wang et al. 2022, figure 2).
    """

    def __init__(
        self, width: int, heads: int, placement: Placement, alpha: float, beta: float
    ) -> None:
        super().__init__()
        self.heads, self.placement, self.alpha = heads, placement, alpha
        self.query, self.key, self.value, self.output = (
            nn.Linear(width, width, bias=False) for _ in range(4)
        )
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self._beta = beta

    def start(self, dice: torch.Generator) -> None:
        """Draw the weights."""
        gains = {self.value: self._beta, self.output: self._beta, self.up: self._beta,
                 self.down: self._beta}  # fmt: skip
        for linear in (self.query, self.key, self.value, self.output, self.up, self.down):
            rows, columns = linear.weight.shape
            spread = gains.get(linear, 1.0) * (2.0 / (rows + columns)) ** 0.5
            with torch.no_grad():
                linear.weight.copy_(torch.randn(rows, columns, generator=dice) * spread)
                if linear.bias is not None:
                    linear.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """``[batch, tokens, width]`` → the same."""
        x = self._around(x, self._attention, self.first)
        return self._around(x, self._network, self.second)

    def _around(self, x: Tensor, inner: object, norm: nn.LayerNorm) -> Tensor:
        assert callable(inner)
        out: Tensor
        if self.placement == "pre":
            out = x + inner(norm(x))
        else:
            weight = self.alpha if self.placement == "deep" else 1.0
            out = norm(weight * x + inner(x))
        return out

    def _attention(self, x: Tensor) -> Tensor:
        q, k, v = (split_heads(one(x), self.heads) for one in (self.query, self.key, self.value))
        tokens = x.shape[1]
        causal = torch.ones(tokens, tokens, dtype=torch.bool).tril()
        out: Tensor = self.output(attend(q, k, v, causal))
        return out

    def _network(self, x: Tensor) -> Tensor:
        out: Tensor = self.down(F.relu(self.up(x)))
        return out


def factors_of(placement: Placement, layers: int) -> tuple[float, float]:
    """α and β of a decoder of that depth; 1 and 1 where the placement is not DeepNorm."""
    if placement != "deep":
        return 1.0, 1.0
    found = factors(decoder_layers=layers).decoder
    assert found is not None
    return found.alpha, found.beta


def make_stack(
    layers: int, width: int, heads: int, placement: Placement, seed: int
) -> list[StackLayer]:
    """A stack; the same seed draws the same numbers for every placement."""
    alpha, beta = factors_of(placement, layers)
    dice = torch.Generator().manual_seed(seed)
    stack = []
    for _ in range(layers):
        layer = StackLayer(width, heads, placement, alpha, beta)
        layer.start(dice)
        stack.append(layer)
    return stack
