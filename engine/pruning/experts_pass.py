"""The matrices of fused experts, each visited with the inputs of the tokens routed to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from engine.pruning.experts import hidden, routed
from engine.pruning.inputs import Inputs

if TYPE_CHECKING:
    from engine.pruning.targets import Target


def visit_experts(
    found: Sequence[Target],
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    real: Tensor,
    visit: Callable[[Target, Inputs], None],
    *,
    dense: bool = False,
) -> None:
    """Visit gate and up of each expert, then down with what the two give.

    Args:
        found: Matrices of this module.
        module: The experts.
        inputs: What they received (`engine.pruning.experts.routed`).
        real: Tokens that are no padding, ``[windows, length]``.
        visit: Called with a matrix and its inputs.
        dense: Down reads what gate and up gave before their visit instead of what they give now.
    """
    own: dict[int | None, list[Target]] = {}
    for target in found:
        own.setdefault(target.expert, []).append(target)
    for expert, states, _ in routed(module, inputs, real):
        read, inner = None, hidden(module, expert, states) if dense else None
        for target in own.get(expert, ()):
            down = target.name.endswith(".down_proj.weight")
            if down:
                now = hidden(module, expert, states) if inner is None else inner
                visit(target, _inputs(now, target))
            else:
                read = read or _inputs(states, target)
                visit(target, read)


def _inputs(rows: Tensor, target: Target) -> Inputs:
    """The inputs of an expert's matrix, ``[tokens, in]``.

    Where no token came, every feature counts alike: the weights alone decide.
    """
    if not len(rows):
        rows = torch.eye(rows.shape[1], dtype=rows.dtype, device=rows.device)
    every = torch.ones(len(rows), dtype=torch.bool, device=rows.device)
    return Inputs(rows, every, target.name)
