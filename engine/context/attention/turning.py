"""How a loaded model turns queries and keys, read from its live rotary module and proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.context.attention.turn import Turn
from engine.errors import BadSpec
from engine.inspection.rotary import Turn as Seen
from engine.inspection.rotary import rotary_modules, rotation_of, turn_of
from engine.models.architecture import shape_of

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

TRIED = 16


def turn_of_model(model: PreTrainedModel) -> Turn:
    """The rotation of the layers of full attention.

    Which dimensions turn together is proven by letting the family's own function turn a vector.

    Raises:
        BadSpec: The model has no rotary positions, or turns in a way that is not known.
    """
    shape = shape_of(model.config)
    rotaries = list(rotary_modules(model).values())
    attention = _attention(model)
    for rotary in rotaries:
        given = _run(model, rotary)
        if given is None or attention is None:
            continue
        rotation = rotation_of(attention, shape.head_dim, given[1])
        if rotation is not None:
            theta = torch.from_numpy(rotation.inv_freq).float()
            return Turn(theta.to(model.device), rotation.pairing != "half")
    raise BadSpec(
        f"The model “{model.config.model_type}” has no rotary positions that could be changed: "
        "far tokens cannot be moved nearer.",
        "Choose a model with rotary positions (RoPE), such as Llama or Qwen.",
    )


def _attention(model: PreTrainedModel) -> nn.Module | None:
    """The first attention module whose family has a function that turns."""
    module: nn.Module
    for name, module in model.named_modules():
        if name.rsplit(".", 1)[-1] in ("self_attn", "attention", "attn", "self_attention"):
            return module
    return None


def _run(model: PreTrainedModel, rotary: nn.Module) -> tuple[str, Seen] | None:
    at = torch.arange(TRIED, device=model.device)[None]
    sample = torch.zeros((1, TRIED, 1), device=model.device)
    kinds = getattr(rotary, "layer_types", None)
    named: dict[str, object] = {"layer_type": "full_attention"} if kinds else {}
    with torch.no_grad():
        out = rotary(sample, at, **named)
    return turn_of(rotary, (sample, at), named, out)
