"""A narrower or shallower model built from the kept parts of a whole one.

Query heads go with their key-value group. Different widths per layer are written into
``config.per_layer_config``; the decoder layer that reads it is put in place while such a model is
built or loaded (`engine.models.layered`).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from engine.models.layered import layers_of_their_own
from engine.models.layers import layer_stacks
from engine.pruning.structured.importance import places
from engine.pruning.structured.layout import Layer, layout
from engine.pruning.structured.widths import Kept

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel


def narrowed(model: PreTrainedModel, kept: Kept) -> PreTrainedModel:
    """A model of the kept neurons and groups; the given one is left alone."""
    layers = layout(model)
    state = dict(model.state_dict())
    for layer, neurons, groups in zip(layers, kept.neurons, kept.groups, strict=True):
        _slice_mlp(state, layer, neurons)
        _slice_attention(state, layer, groups)
    config = copy.deepcopy(model.config)
    _write_widths(config, layers, kept)
    return _built(model, config, state)


def shortened(model: PreTrainedModel, drop: tuple[int, ...]) -> PreTrainedModel:
    """A model without some of its layers; the others are numbered anew."""
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
    config = copy.deepcopy(model.config)
    config.num_hidden_layers = len(stay)
    kinds = getattr(config, "layer_types", None)
    if kinds is not None:
        config.layer_types = [kinds[index] for index in stay]
    return _built(model, config, state)


def _size(model: PreTrainedModel, name: str) -> int:
    return sum(parameter.numel() for parameter in model.get_submodule(name).parameters())


def _slice_mlp(state: dict[str, Tensor], layer: Layer, neurons: Tensor) -> None:
    base = f"{layer.name}.{layer.mlp}"
    for part in ("gate_proj", "up_proj"):
        _take(state, f"{base}.{part}", neurons, 0)
    _take(state, f"{base}.down_proj", neurons, 1)


def _slice_attention(state: dict[str, Tensor], layer: Layer, groups: Tensor) -> None:
    base = f"{layer.name}.{layer.attention}"
    queries = places(layer, groups)
    head = torch.arange(layer.head_dim)
    keys = (groups[:, None] * layer.head_dim + head[None]).flatten()
    _take(state, f"{base}.q_proj", queries, 0)
    _take(state, f"{base}.k_proj", keys, 0)
    _take(state, f"{base}.v_proj", keys, 0)
    _take(state, f"{base}.o_proj", queries, 1)


def _take(state: dict[str, Tensor], name: str, chosen: Tensor, axis: int) -> None:
    """Keep some rows (with their biases) or columns of a projection."""
    weight = state[f"{name}.weight"]
    state[f"{name}.weight"] = weight.index_select(axis, chosen.to(weight.device))
    bias = state.get(f"{name}.bias")
    if bias is not None and axis == 0:
        state[f"{name}.bias"] = bias.index_select(0, chosen.to(bias.device))


def _write_widths(config: PreTrainedConfig, layers: list[Layer], kept: Kept) -> None:
    rows = []
    for layer, neurons, groups in zip(layers, kept.neurons, kept.groups, strict=True):
        rows.append(
            {
                "intermediate_size": len(neurons),
                "num_attention_heads": len(groups) * layer.queries,
                "num_key_value_heads": len(groups),
            }
        )
    config.head_dim = layers[0].head_dim  # it no longer follows from hidden size and heads
    if all(row == rows[0] for row in rows):
        for name, value in rows[0].items():
            setattr(config, name, value)
        return
    config.allow_global_per_layer_attribute_access = True
    config.per_layer_config = dict(enumerate(rows))


def _built(
    model: PreTrainedModel, config: PreTrainedConfig, state: dict[str, Tensor]
) -> PreTrainedModel:
    build = cast(Any, type(model))._from_config
    with layers_of_their_own(config, type(model)):
        small = build(config, dtype=model.dtype)
    small.load_state_dict(state)
    small.tie_weights()
    made: PreTrainedModel = small.to(model.device).eval()
    return made
