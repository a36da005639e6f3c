"""A cut as values: what stays of each layer, and what tensors take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from engine.pruning.structured.importance import Importance
from engine.pruning.structured.layout import Layer
from engine.pruning.structured.widths import Kept
from engine.pruning.structured_spec import LayerWidths

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def rows_of(
    layers: list[Layer], worth: Importance, stay: list[int], chosen: Kept
) -> tuple[LayerWidths, ...]:
    """One row per layer of the whole model.

    Args:
        layers: The whole model's layers.
        worth: Scores of all of them.
        stay: Layers that stay.
        chosen: What stays in those.
    """
    rows: list[LayerWidths] = []
    for number, layer in enumerate(layers):
        place = stay.index(number) if number in stay else None
        rows.append(
            LayerWidths(
                layer=number,
                stays=place is not None,
                influence=worth.influence[number],
                queries=layer.attention.queries if layer.attention else 0,
                groups=_floats(worth.groups[number]),
                groups_kept=_numbers(chosen.groups, place),
                neurons=worth.neurons[number].float().numpy(),
                neurons_kept=np.array(_numbers(chosen.neurons, place), np.int64),
                experts=_floats(worth.experts[number]),
                experts_kept=_numbers(chosen.experts, place),
            )
        )
    return tuple(rows)


def tensor_bytes(model: PreTrainedModel) -> int:
    """Bytes of a model's stored tensors, tied ones once."""
    tensors = {tensor.data_ptr(): tensor.nbytes for tensor in model.state_dict().values()}
    return sum(tensors.values())


@torch.no_grad()
def cache_bytes(model: PreTrainedModel) -> int:
    """Bytes that one token takes in the KV cache, as the model itself fills it."""
    from transformers import DynamicCache

    token = torch.zeros((1, 1), dtype=torch.long, device=model.device)
    cache = model(input_ids=token, past_key_values=DynamicCache(), use_cache=True).past_key_values
    return sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)


def _floats(scores: Tensor) -> tuple[float, ...]:
    return tuple(float(one) for one in scores)


def _numbers(of: tuple[Tensor, ...], place: int | None) -> tuple[int, ...]:
    return () if place is None else tuple(int(one) for one in of[place])
