"""The rotary embedding of a loaded model exchanged for another in about a millisecond.

Changing `config.rope_parameters` after a load does nothing, without a word. What does something is
a new rotary module: the family's own class, built from a configuration with other parameters, is
bit for bit what a fresh load with these parameters would hold.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import torch

from engine.context.scaling.base import Parameters, RopeConfig, Scaling
from engine.context.scaling.live import (
    LiveRope,
    keeps_frequencies,
    live_config,
    stretched,
    stretched_ropes,
)
from engine.errors import BadSpec

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

KEPT: Final = ("partial_rotary_factor",)
"""Parameters of a rotation that say how wide it is; they stay under every preset."""


@contextmanager
def swapped(
    model: PreTrainedModel, preset: Scaling, factor: float, length: int = 0
) -> Iterator[RopeConfig]:
    """Run with another scaling; yields the rotation in force, read back from the live module.

    The former modules, the very same objects, are back when the block is left.

    Args:
        model: With rotary positions.
        preset: Which scaling.
        factor: Target length over trained length, at least 1.
        length: Tokens of the request; 0 = the trained length.

    Raises:
        BadSpec: The model has no rotation, or the preset cannot be applied to it.
    """
    own = live_config(model)
    places = _places(model)
    if not _all_plain(places):
        # A model that is scaled already, or has a rotation per kind of layer, keeps that and is
        # stretched on top of it: its own parameters have no room for a second scaling.
        with stretched(model, lambda config: preset.inv_freq(config, factor, length)):
            yield in_force(stretched_ropes(model)[0], length)
        return
    parameters = preset.parameters(own, factor, length)
    fresh: dict[int, nn.Module] = {}
    for _, _, module in places:
        if id(module) not in fresh:
            fresh[id(module)] = rebuilt(module, parameters)
    try:
        for parent, name, module in places:
            parent._modules[name] = fresh[id(module)]
        made = fresh[id(places[0][2])]
        yield in_force(LiveRope("", (made,), own), length)
    finally:
        for parent, name, module in places:
            parent._modules[name] = module


def is_plain(model: PreTrainedModel) -> bool:
    """Whether a model rotates in one way, without any scaling: its parameters can name one."""
    return _all_plain(_places(model))


def in_force(rope: LiveRope, length: int = 0) -> RopeConfig:
    """The rotation that a text of `length` tokens meets, read from a copy of the live module.

    A copy, because dynamic modules change themselves when they are asked.

    Args:
        rope: Modules of one kind of layer; its `config` may be of the time before a swap.
        length: Tokens; 0 = the trained length.
    """
    module: Any = copy.deepcopy(rope.modules[0])
    lead = f"{rope.layer_type}_" if rope.layer_type else ""
    named = {"layer_type": rope.layer_type} if rope.layer_type else {}
    place = next(iter(module.buffers())).device
    at = torch.tensor([[max(0, (length or rope.config.trained) - 1)]], device=place)
    module(torch.zeros((1, 1, 1), device=place), at, **named)
    found = getattr(module, f"{lead}inv_freq").detach().double().cpu().numpy().copy()
    attention = float(getattr(module, f"{lead}attention_scaling", 1.0) or 1.0)
    return replace(rope.config, inv_freq=found, attention=attention)


def rebuilt(module: nn.Module, parameters: Parameters) -> nn.Module:
    """A rotary module of the same class with other parameters, on the same device.

    Raises:
        BadSpec: The class cannot be built from a configuration.
    """
    config: Any = copy.deepcopy(module.config)
    before: dict[str, Any] = config.rope_parameters or {}
    config.rope_parameters = {key: before[key] for key in KEPT if key in before} | parameters
    try:
        made: nn.Module = type(module)(config)
    except (TypeError, KeyError, ValueError) as error:
        raise BadSpec(
            f"The rotary positions of “{config.model_type}” cannot be scaled this way.",
            "Choose another method.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    made.train(module.training)
    place = next(iter(module.buffers())).device
    return made.to(place)


def _places(model: PreTrainedModel) -> list[tuple[nn.Module, str, nn.Module]]:
    """(parent, attribute, rotary module) wherever a model keeps frequencies."""
    return [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent._modules.items()
        if child is not None and keeps_frequencies(child)
    ]


def _all_plain(places: list[tuple[nn.Module, str, nn.Module]]) -> bool:
    return bool(places) and all(_plain(module) for _, _, module in places)


def _plain(module: nn.Module) -> bool:
    """Whether a module is an unscaled rotation of one kind that a configuration describes."""
    config = getattr(module, "config", None)
    parameters = getattr(config, "rope_parameters", None)
    return isinstance(parameters, dict) and parameters.get("rope_type", "default") == "default"
