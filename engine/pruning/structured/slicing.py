"""A narrower or shallower model built from the kept parts of a whole one.

Query heads go with their key-value group. Different widths per layer are written into
``config.per_layer_config``; the decoder layer that reads it is put in place while such a model is
built or loaded (`engine.models.layered`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.models.layers import layer_stacks
from engine.pruning.experts import Experts
from engine.pruning.structured.building import built, copied_config, set_widths
from engine.pruning.structured.compensation import Biases
from engine.pruning.structured.importance import places
from engine.pruning.structured.layout import Attention, Layer, Mlp, Part, layout
from engine.pruning.structured.widths import Kept

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

#: lists of layer numbers, and settings that count layers from the first, in configurations
NUMBERED = ("mlp_only_layers", "no_rope_layers")


def narrowed(model: PreTrainedModel, kept: Kept, biases: Biases | None = None) -> PreTrainedModel:
    """A model of the kept neurons, groups and experts; the given one is left alone.

    Args:
        model: The whole model.
        kept: What stays of each layer.
        biases: What the cut parts gave on average; None = nothing makes up for it.

    Raises:
        UnsupportedModel: The architecture cannot be built with these widths.
    """
    layers = layout(model)
    state = dict(model.state_dict())
    experts = kept.experts or tuple(torch.empty(0) for _ in layers)
    for layer, neurons, groups, stay in zip(
        layers, kept.neurons, kept.groups, experts, strict=True
    ):
        if layer.mlp:
            _slice_mlp(state, layer.mlp, neurons)
        if layer.attention:
            _slice_attention(state, layer.attention, groups)
        if layer.experts and len(stay):
            _slice_experts(state, layer.experts, stay)
    config = copied_config(model)
    set_widths(config, _rows(layers, kept))
    _set_common(config, layers, experts)
    if biases is not None:
        biases.enter(config, state)
    return built(model, config, state)


def shortened(model: PreTrainedModel, drop: tuple[int, ...]) -> PreTrainedModel:
    """A model without some of its layers; the others are numbered anew.

    Raises:
        UnsupportedModel: The architecture cannot be built with fewer layers.
    """
    stack = max((name for name, _ in layer_stacks(model)), key=lambda name: _size(model, name))
    total = len(model.get_submodule(stack))  # type: ignore[arg-type]
    stay = [index for index in range(total) if index not in drop]
    state: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        if not name.startswith(f"{stack}."):
            state[name] = tensor
            continue
        number, _, rest = name.removeprefix(f"{stack}.").partition(".")
        if int(number) in stay:
            state[f"{stack}.{stay.index(int(number))}.{rest}"] = tensor
    config = copied_config(model)
    own = config.__dict__.pop("_heterogeneity_spec", None)
    config.num_hidden_layers = len(stay)
    kinds = getattr(config, "layer_types", None)
    if kinds is not None:
        config.layer_types = [kinds[index] for index in stay]
    _renumber(config, layout(model), stay)
    if own is not None:
        rows = own.per_layer_overrides
        config.per_layer_config = {
            place: dict(rows[index]) for place, index in enumerate(stay) if index in rows
        }
    return built(model, config, state)


def _renumber(config: PreTrainedConfig, layers: list[Layer], stay: list[int]) -> None:
    """Lists of layers by number; where mixtures stand every few layers, they become a list."""
    for name in NUMBERED:
        numbers = getattr(config, name, None)
        if isinstance(numbers, list) and name != "no_rope_layers":
            setattr(config, name, [stay.index(one) for one in numbers if one in stay])
        elif isinstance(numbers, list):  # one flag per layer
            setattr(config, name, [numbers[index] for index in stay])
    if getattr(config, "decoder_sparse_step", 1) != 1:
        config.decoder_sparse_step = 1
        plain = [place for place, index in enumerate(stay) if layers[index].experts is None]
        config.mlp_only_layers = plain


def _size(model: PreTrainedModel, name: str) -> int:
    return sum(parameter.numel() for parameter in model.get_submodule(name).parameters())


def _slice_mlp(state: dict[str, Tensor], mlp: Mlp, neurons: Tensor) -> None:
    for part in mlp.writers:
        _take(state, part, neurons, 0)
    _take(state, mlp.reader, neurons, 1)


def _slice_attention(state: dict[str, Tensor], attention: Attention, groups: Tensor) -> None:
    queries = places(attention, groups)
    head = torch.arange(attention.head_dim)
    keys = (groups[:, None] * attention.head_dim + head[None]).flatten()
    _take(state, attention.query, queries, 0)
    _take(state, attention.keys, keys, 0)
    _take(state, attention.values, keys, 0)
    _take(state, attention.output, queries, 1)


def _slice_experts(state: dict[str, Tensor], experts: Experts, stay: Tensor) -> None:
    """The fused weights and everything of the router that has a row per expert."""
    for name, tensor in list(state.items()):
        inside = name.startswith((f"{experts.name}.", f"{experts.router}."))
        if inside and tensor.dim() and len(tensor) == experts.count:
            state[name] = tensor.index_select(0, stay.to(tensor.device))


def _take(state: dict[str, Tensor], part: Part, chosen: Tensor, axis: int) -> None:
    """Keep some rows (with their biases) or columns of a projection."""
    weight = state[f"{part.name}.weight"]
    stored = 1 - axis if part.transposed else axis
    state[f"{part.name}.weight"] = weight.index_select(stored, chosen.to(weight.device))
    bias = state.get(f"{part.name}.bias")
    if bias is not None and axis == 0:
        state[f"{part.name}.bias"] = bias.index_select(0, chosen.to(bias.device))


def _rows(layers: list[Layer], kept: Kept) -> list[dict[str, int]]:
    """The widths of each layer as the configuration names them."""
    rows = []
    for layer, neurons, groups in zip(layers, kept.neurons, kept.groups, strict=True):
        row: dict[str, int] = {}
        if layer.mlp:
            row[layer.mlp.setting] = len(neurons)
        if layer.attention:
            row["num_attention_heads"] = len(groups) * layer.attention.queries
            row["num_key_value_heads"] = len(groups)
        rows.append(row)
    return rows


def _set_common(config: PreTrainedConfig, layers: list[Layer], experts: tuple[Tensor, ...]) -> None:
    """What is the same in every layer."""
    attention = layers[0].attention
    if attention:
        config.head_dim = attention.head_dim  # no longer follows from hidden size and heads
    for layer, stay in zip(layers, experts, strict=True):
        if layer.experts and len(stay):
            setattr(config, layer.experts.setting, len(stay))
