"""Tokens per second of one model in two states, in turns: dense weights and pruned ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from engine.pruning.structured.speed import compared
from engine.pruning.targets import Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.pruning.structured_spec import Speed

ROUNDS = 7


class _State:
    """A model that puts its own weights in place before it is asked, outside the clock."""

    def __init__(
        self,
        model: PreTrainedModel,
        found: Sequence[Target],
        weights: Sequence[Tensor],
        current: list[object],
    ) -> None:
        self._model = model
        self._found = found
        self._weights = weights
        self._current = current
        self.config = model.config
        self.device = model.device

    def __call__(self, **arguments: object) -> object:
        if self._current[0] is not self:
            for target, weight in zip(self._found, self._weights, strict=True):
                target.weight.copy_(weight)
            self._current[0] = self
        return self._model(**arguments)


@torch.no_grad()
def in_turns(
    model: PreTrainedModel,
    found: Sequence[Target],
    dense: Sequence[Tensor],
    prompt: Tensor,
    tokens: int,
    check: Callable[[], None],
) -> Speed:
    """Compare the weights as they are now (pruned) with dense ones; they stay as they are now.

    Args:
        model: The model.
        found: Its matrices.
        dense: The dense weights of each, ``[out, in]``.
        prompt: Token ids that are read before the clock starts.
        tokens: New tokens of each run.
        check: Called before each run.
    """
    pruned = [target.weight.clone() for target in found]
    current: list[object] = [None]
    whole = _State(model, found, dense, current)
    cut = _State(model, found, pruned, current)
    try:
        return compared(
            cast("PreTrainedModel", whole), cast("PreTrainedModel", cut), prompt,
            tokens=tokens, rounds=ROUNDS, check=check,
        )  # fmt: skip
    finally:
        for target, weight in zip(found, pruned, strict=True):
            target.weight.copy_(weight)
