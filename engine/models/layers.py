"""The repeated layers of any model, found by walking its public structure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def layer_stacks(model: nn.Module) -> list[tuple[str, nn.ModuleList]]:
    """The outermost lists of equal-kind modules, as (qualified name, list).

    A transformer keeps its repeated layers in a `ModuleList` whose members are of one class
    (or, in hybrids, of few). Lists inside such a list (experts, sub-layers) do not count.
    """
    from torch import nn

    stacks: list[tuple[str, nn.ModuleList]] = []
    for name, module in model.named_modules():
        inside = any(name.startswith(f"{outer}.") for outer, _ in stacks)
        if isinstance(module, nn.ModuleList) and len(module) > 0 and not inside:
            stacks.append((name, module))
    return stacks


def decoder_layers(model: nn.Module) -> list[nn.Module]:
    """The layers that every new token passes, in order; empty when the model has none.

    Of an encoder-decoder these are the decoder's; of an encoder, its own. Among several lists
    the one with the most parameters is the body (the others are heads or adapters).
    """
    stacks = layer_stacks(model)
    config = getattr(model, "config", None)
    if getattr(config, "is_encoder_decoder", False):
        stacks = [item for item in stacks if "decoder" in item[0].split(".")] or stacks
    if not stacks:
        return []
    return list(max(stacks, key=lambda item: _parameters(item[1]))[1])


def encoder_layers(model: nn.Module) -> list[nn.Module]:
    """The encoder's layers of an encoder-decoder; empty for every other model."""
    config = getattr(model, "config", None)
    if not getattr(config, "is_encoder_decoder", False):
        return []
    stacks = [item for item in layer_stacks(model) if "encoder" in item[0].split(".")]
    return list(max(stacks, key=lambda item: _parameters(item[1]))[1]) if stacks else []


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
