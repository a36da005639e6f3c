"""Worth as what the calibration text really loses: each part silenced in turn, nothing predicted.

One pass per part instead of one pass for all: exact for one part alone, and slow for many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.pruning.loss import loss
from engine.pruning.passages import Passages
from engine.pruning.structured.importance import places
from engine.pruning.structured.layout import Attention, Layer

if TYPE_CHECKING:
    from transformers import PreTrainedModel


Tell = Callable[[int, int], None]


def groups_by_loss(
    model: PreTrainedModel,
    layers: Sequence[Layer],
    text: Passages,
    check: Callable[[], None],
    tell: Tell = lambda _done, _all: None,
) -> tuple[Tensor, ...]:
    """Rise of the text's loss without each key-value group, nats per token, ``[groups]`` a layer.

    Args:
        model: The whole model.
        layers: Its layout.
        text: Calibration windows.
        check: Called before each forward; what it raises ends the measurement.
        tell: Told which part of how many is silenced next.
    """
    dense = loss(model, text, check).nll
    total = sum(layer.attention.groups for layer in layers if layer.attention)
    done = 0
    found: list[Tensor] = []
    for layer in layers:
        rises = torch.zeros(layer.attention.groups if layer.attention else 0)
        for group in range(len(rises)):
            assert layer.attention is not None
            tell(done := done + 1, total)
            with _without_group(layer.attention, group):
                rises[group] = loss(model, text, check).nll - dense
        found.append(rises)
    return tuple(found)


def blocks_by_loss(
    model: PreTrainedModel,
    layers: Sequence[Layer],
    text: Passages,
    blocks: int,
    check: Callable[[], None],
    tell: Tell = lambda _done, _all: None,
) -> tuple[int, ...]:
    """Layers to drop: one after the other the one that costs least beside those gone (SLEB).

    Song et al. 2024, algorithm 1.

    Returns:
        Their numbers, ascending.
    """
    gone: list[int] = []
    total = sum(len(layers) - turn for turn in range(blocks))
    done = 0
    for _ in range(blocks):
        costs: dict[int, float] = {}
        for number in range(len(layers)):
            if number not in gone:
                tell(done := done + 1, total)
                with _without_layers([layers[one].module for one in (*gone, number)]):
                    costs[number] = loss(model, text, check).nll
        gone.append(min(costs, key=costs.__getitem__))
    return tuple(sorted(gone))


@contextmanager
def _without_group(attention: Attention, group: int) -> Iterator[None]:
    """What a group's heads give is zero at every token."""
    columns = places(attention, torch.tensor([group]))

    def before(_module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        states = inputs[0].clone()
        states[..., columns.to(states.device)] = 0
        return (states, *inputs[1:])

    handle = attention.output.module.register_forward_pre_hook(before)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def _without_layers(modules: Sequence[nn.Module]) -> Iterator[None]:
    """What enters these layers leaves them as it is."""

    def after(_module: nn.Module, inputs: tuple[Tensor, ...], output: object) -> object:
        return (inputs[0], *output[1:]) if isinstance(output, tuple) else inputs[0]

    with ExitStack() as stack:
        for module in modules:
            stack.callback(module.register_forward_hook(after).remove)
        yield
