"""What a neuron, a group of heads and a whole layer are worth: one pass of the dense model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.pruning.inputs import Inputs
from engine.pruning.one_pass import visit_in_one_pass
from engine.pruning.passages import Passages
from engine.pruning.structured.layout import Layer, layout
from engine.pruning.targets import Target, targets

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class Importance:
    """Scores of everything that can be cut out whole.

    Attributes:
        neurons: Per layer, of each MLP neuron: mean magnitude of the weights that read it times
            its activations' norm (WIFN of FLAP, An et al. 2024), ``[neurons]``.
        groups: Per layer, of each key-value group: the same summed over its heads' columns of the
            output projection, ``[groups]``.
        influence: Per layer, 1 - mean cosine of what enters and what leaves it (block influence,
            Men et al. 2024).
    """

    neurons: tuple[Tensor, ...]
    groups: tuple[Tensor, ...]
    influence: tuple[float, ...]


@torch.no_grad()
def importance(model: PreTrainedModel, text: Passages, check: Callable[[], None]) -> Importance:
    """Score neurons, groups and layers by one forward pass over the calibration text."""
    layers = layout(model)
    ends = {id(layer.part(layer.mlp, "down_proj")): layer for layer in layers}
    ends |= {id(layer.part(layer.attention, "o_proj")): layer for layer in layers}
    neurons: dict[str, Tensor] = {}
    groups: dict[str, Tensor] = {}

    def visit(target: Target, inputs: Inputs) -> None:
        layer = ends[id(target.module)]
        worth = target.weight.abs().float().mean(0) * inputs.norms
        if target.module is layer.part(layer.mlp, "down_proj"):
            neurons[layer.name] = worth
        else:
            groups[layer.name] = worth.view(layer.groups, -1).sum(1)

    found = [target for target in targets(model) if id(target.module) in ends]
    with _influence([layer.module for layer in layers], text) as influence:
        visit_in_one_pass(model, found, text, visit, check)
    return Importance(
        neurons=tuple(neurons[layer.name] for layer in layers),
        groups=tuple(groups[layer.name] for layer in layers),
        influence=tuple(influence),
    )


@contextmanager
def _influence(layers: Sequence[nn.Module], text: Passages) -> Iterator[list[float]]:
    """How far each layer turns the residual stream in the pass that the block runs."""
    found: list[float] = []

    def after(_module: nn.Module, inputs: tuple[Tensor, ...], output: object) -> None:
        left = output[0] if isinstance(output, tuple) else output
        assert isinstance(left, Tensor)
        cosine = torch.cosine_similarity(inputs[0].float(), left.float(), dim=-1)
        found.append(1 - float(cosine[text.real.to(left.device)].mean()))

    handles = [layer.register_forward_hook(after) for layer in layers]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


def places(layer: Layer, groups: Tensor) -> Tensor:
    """Columns of the output projection that belong to some groups, in order."""
    width = layer.queries * layer.head_dim
    return (groups[:, None] * width + torch.arange(width)[None]).flatten()
