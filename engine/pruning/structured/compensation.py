"""Biases that give on average what the cut parts gave (FLAP; An et al. 2024, eq. 9).

A reading matrix W loses columns P. Their mean contribution ``W_:,P · E[X_P]`` is a constant vector,
which a bias can hold, where the configuration lets the architecture have one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import torch
from torch import Tensor

from engine.models.bars import quiet_libraries
from engine.models.layered import layers_of_their_own
from engine.models.libraries import building
from engine.pruning.structured.building import copied_config
from engine.pruning.structured.importance import Importance, places
from engine.pruning.structured.layout import Layer, Part
from engine.pruning.structured.widths import Kept

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel


SETTINGS: Final = ("attention_bias", "mlp_bias")


@dataclass(frozen=True, eq=False)
class Biases:
    """What to add to which biases.

    Attributes:
        added: By the projection's name, ``[out]``.
        settings: Settings of the configuration that give the architecture these biases.
        names: Every tensor that it then has.
        refused: Projections that cannot have one, by their last name.
    """

    added: dict[str, Tensor]
    settings: tuple[str, ...]
    names: frozenset[str]
    refused: tuple[str, ...]

    def enter(self, config: PreTrainedConfig, state: dict[str, Tensor]) -> None:
        """Write them into a configuration and a state; other new biases are zero."""
        for name in self.settings:
            setattr(config, name, True)
        for name in sorted(self.names - set(state)):
            weight = state[f"{name.removesuffix('.bias')}.weight"]
            state[name] = weight.new_zeros(len(weight))
        for name, value in self.added.items():
            bias = state[f"{name}.bias"]
            state[f"{name}.bias"] = (bias.float() + value).to(bias.dtype)


def biases_for(
    model: PreTrainedModel, layers: list[Layer], worth: Importance, kept: Kept
) -> Biases:
    """The biases that make up for what goes.

    Args:
        model: The model that is cut.
        layers: Its layout.
        worth: Scores and mean inputs, layer by layer.
        kept: What stays.
    """
    added: dict[str, Tensor] = {}
    refused: set[str] = set()
    settings: set[str] = set()
    room = {setting: _names_with(model, (setting,)) for setting in SETTINGS}
    for number, layer in enumerate(layers):
        for part, setting, mean, stay in _readers(layer, worth, kept, number):
            if getattr(part.module, "bias", None) is None:
                if f"{part.name}.bias" not in room[setting]:
                    refused.add(part.name.rpartition(".")[2])
                    continue
                settings.add(setting)
            added[part.name] = _lost(part, mean, stay)
    names = _names_with(model, tuple(sorted(settings)))
    return Biases(added, tuple(sorted(settings)), names, tuple(sorted(refused)))


def _readers(
    layer: Layer, worth: Importance, kept: Kept, number: int
) -> Iterator[tuple[Part, str, Tensor, Tensor]]:
    """Projections of a layer that lose columns: (it, its setting, mean inputs, what stays)."""
    neurons, groups = kept.neurons[number], kept.groups[number]
    if layer.mlp and len(neurons) < layer.mlp.neurons:
        yield layer.mlp.reader, "mlp_bias", worth.neuron_means[number], neurons
    if layer.attention and len(groups) < layer.attention.groups:
        columns = places(layer.attention, groups)
        yield layer.attention.output, "attention_bias", worth.head_means[number], columns


def _lost(part: Part, mean: Tensor, stay: Tensor) -> Tensor:
    """What the columns that go give on average, float32 ``[out]``."""
    gone = torch.ones(len(mean), dtype=torch.bool, device=mean.device)
    gone[stay.to(mean.device)] = False
    lost: Tensor = (part.weight[:, gone].double() @ mean[gone].double()).float()
    return lost


def _names_with(model: PreTrainedModel, settings: tuple[str, ...]) -> frozenset[str]:
    """Names of all biases that the same architecture has with some settings on."""
    config = copied_config(model)
    for setting in settings:
        if hasattr(config, setting):
            setattr(config, setting, True)
    with (
        building,
        quiet_libraries(),
        layers_of_their_own(config, type(model)),
        torch.device("meta"),
    ):
        made = cast(Any, type(model))._from_config(config)
    return frozenset(name for name in made.state_dict() if name.endswith(".bias"))
