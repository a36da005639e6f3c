"""What the tap sees of one attention module, and what a family makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from engine.errors import UnsupportedModel

if TYPE_CHECKING:
    from torch import nn


@dataclass
class Product:
    """The first product of queries and keys in a module.

    Attributes:
        left: Queries, ``[…, queries, head_dim]``.
        right: Keys turned over, ``[…, head_dim, keys]``.
        alpha: Factor on the product (`baddbmm`), else 1.
        added: What `baddbmm` adds, already multiplied by beta, or None.
    """

    left: torch.Tensor
    right: torch.Tensor
    alpha: float = 1.0
    added: torch.Tensor | None = None


@dataclass
class Tapped:
    """One run of one attention module.

    Attributes:
        name: Qualified name.
        module: The module.
        call: Arguments of its forward, by name.
        product: Its product of queries and keys, or None when a fused kernel did it all.
        scores: What went into the softmax, ``[1, heads, queries, keys]``; None with a kernel.
        weights: What came out of it.
        kernel: Arguments of `scaled_dot_product_attention`, or None.
    """

    name: str
    module: nn.Module
    call: dict[str, object] = field(default_factory=dict)
    product: Product | None = None
    scores: torch.Tensor | None = None
    weights: torch.Tensor | None = None
    kernel: dict[str, object] | None = None


@dataclass
class Parts:
    """A module's attention taken apart.

    Attributes:
        q: ``[heads, queries, head_dim]``.
        k: ``[kv_heads, keys, head_dim]``.
        scaling: Factor on q·k.
        key_bias: Added per key, ``[heads, keys]`` (ALiBi as a row), or None.
        dense: Whether something else is added that only the scores tell.
        rotated: Whether the model's rotary embedding, if it has one, was applied.
        note: What a person should know, or empty.
    """

    q: torch.Tensor
    k: torch.Tensor
    scaling: float
    key_bias: torch.Tensor | None = None
    dense: bool = False
    rotated: bool = True
    note: str = ""


Family = Callable[[Tapped], Parts]


def operands(tapped: Tapped) -> tuple[torch.Tensor, torch.Tensor]:
    """Queries ``[heads, queries, head_dim]`` and keys ``[kv_heads, keys, head_dim]``.

    Raises:
        UnsupportedModel: The module multiplied nothing that could be queries and keys.
    """
    if tapped.kernel is not None:
        q, k = tapped.kernel["query"], tapped.kernel["key"]
        assert isinstance(q, torch.Tensor)
        assert isinstance(k, torch.Tensor)
        return three(q), three(k)
    if tapped.product is None:
        raise unknown(tapped)
    return three(tapped.product.left), three(tapped.product.right).transpose(-1, -2)


def three(tensor: torch.Tensor) -> torch.Tensor:
    """Without the batch dimension of one: ``[heads, …, …]``."""
    return tensor[0] if tensor.dim() == 4 else tensor


def unknown(tapped: Tapped) -> UnsupportedModel:
    """The refusal of a module that cannot be read."""
    return UnsupportedModel(
        f"The attention of “{type(tapped.module).__name__}” cannot be read: "
        "it computes its weights in a way that is not known.",
        "Look at another model, or load this one with eager attention.",
    )
