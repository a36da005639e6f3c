"""Tokens per second of one model in two states, in turns: dense weights and pruned ones.

The model's parameters point at one set of weights or at the other; nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from engine.pruning.structured.speed import compared

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.pruning.structured_spec import Speed

ROUNDS = 7


class _Weights:
    """Both sets of weights: one in the model, the other one waiting."""

    def __init__(self, dense: Sequence[tuple[Tensor, Tensor]]) -> None:
        self._waiting = list(dense)
        self._dense = False

    def put(self, dense: bool) -> None:
        """Have the model use one of the two."""
        if dense != self._dense:
            self._dense = dense
            for place, (parameter, other) in enumerate(self._waiting):
                self._waiting[place] = parameter, parameter.data
                parameter.data = other


class _State:
    """A model that puts its own weights in place before it is asked, outside the clock."""

    def __init__(self, model: PreTrainedModel, weights: _Weights, dense: bool) -> None:
        self._model = model
        self._weights = weights
        self._dense = dense
        self.config = model.config
        self.device = model.device

    def __call__(self, **arguments: object) -> object:
        self._weights.put(self._dense)
        return self._model(**arguments)


@torch.no_grad()
def in_turns(
    model: PreTrainedModel,
    dense: Sequence[tuple[Tensor, Tensor]],
    prompt: Tensor,
    tokens: int,
    check: Callable[[], None],
) -> Speed:
    """Compare the weights as they are now (pruned) with dense ones; they stay as they are now.

    Args:
        model: The model.
        dense: Its pruned parameters, each with its dense values (`restored` yields them).
        prompt: Token ids that are read before the clock starts.
        tokens: New tokens of each run.
        check: Called before each run.
    """
    weights = _Weights(dense)
    whole, cut = _State(model, weights, True), _State(model, weights, False)
    try:
        return compared(
            cast("PreTrainedModel", whole), cast("PreTrainedModel", cut), prompt,
            tokens=tokens, rounds=ROUNDS, check=check,
        )  # fmt: skip
    finally:
        weights.put(False)
