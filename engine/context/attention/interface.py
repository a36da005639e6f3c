"""Our entry in transformers' attention interface: layers attend by the rules while a block lasts.

One function serves all rules, in prefill and in decoding, with grouped queries and padded rows.
It turns queries and keys that the layer has turned already, so it needs no code of any family;
the cache keeps every key at its own position.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch

from engine.context.attention.attend import attend
from engine.context.attention.rule import Rule
from engine.context.attention.turn import Turn
from engine.context.attention.turning import turn_of_model
from engine.errors import BadSpec
from engine.inspection.interface import uses_interface

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

NAME: Final = "sdpa_context"
"""Contains “sdpa”, so that the kernel's check for support runs."""


@dataclass(eq=False)
class Running:
    """The rules in force.

    Attributes:
        rules: At most one moves far pairs.
        turn: How the model turns.
        key_positions: int64 ``[keys]`` where a cache does not keep all keys; None = it does.
    """

    rules: tuple[Rule, ...]
    turn: Turn | None
    key_positions: torch.Tensor | None = None


_running: ContextVar[Running | None] = ContextVar("context rules", default=None)


def running() -> Running | None:
    """The rules in force on this thread, or None."""
    return _running.get()


@contextmanager
def attending(model: PreTrainedModel, rules: tuple[Rule, ...]) -> Iterator[Running]:
    """Run the model under rules; its own attention is back when the block is left.

    The rotation is read from the live module at the start: swap frequencies before, not within.

    Raises:
        BadSpec: The model does not take an attention function, has no rotary positions for a rule
            that moves them, or two rules move.
    """
    if not uses_interface(model):
        raise BadSpec(
            f"The attention of “{model.config.model_type}” cannot be exchanged.",
            "Choose a model whose class takes an attention function, such as Llama or Qwen.",
        )
    moving = [rule.title for rule in rules if rule.moves]
    if len(moving) > 1:
        raise BadSpec(
            f"{moving[0]} and {moving[1]} both give far tokens other positions.",
            "Choose one of them.",
        )
    state = Running(rules, turn_of_model(model) if moving else None)
    _register()
    before = model.config._attn_implementation
    try:
        model.set_attn_implementation(NAME)
    except ValueError as error:
        raise BadSpec(
            f"The attention of “{model.config.model_type}” cannot be exchanged.",
            "Choose a model whose class takes an attention function, such as Llama or Qwen.",
        ) from error
    token = _running.set(state)
    try:
        yield state
    finally:
        _running.reset(token)
        model.set_attn_implementation(before)


def _forward(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **kwargs: Any,  # noqa: ANN401 - the interface passes what the model passes
) -> tuple[torch.Tensor, None]:
    """What layers call; shapes as in transformers' `sdpa_attention_forward`."""
    state = _running.get()
    if state is None or kwargs.get("sliding_window"):  # a window of its own never grows too long
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **kwargs
        )
    at, places = positions(query, key, attention_mask, state.key_positions)
    factor = query.shape[-1] ** -0.5 if scaling is None else scaling
    return attend(state.rules, state.turn, query, key, value, at, places, factor), None


def positions(
    query: torch.Tensor,
    key: torch.Tensor,
    mask: torch.Tensor | None,
    kept: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Positions of queries ``[rows, queries]`` and keys ``[rows, keys]``, int64.

    Rows end at the same column and are padded at their left, so the first key that a row's last
    query may look at is at position 0.

    Args:
        query: ``[rows, heads, queries, head_dim]``, the last ones of the text.
        key: ``[rows, kv_heads, keys, head_dim]``.
        mask: bool ``[rows or 1, 1, queries, keys]``, or None = causal without padding.
        kept: Positions of the keys that a cache has kept, or None.
    """
    rows, queries, keys = query.shape[0], query.shape[2], key.shape[2]
    if kept is not None:
        places = kept[None].expand(rows, -1)
        return places[:, keys - queries :], places
    columns = torch.arange(keys, device=key.device)[None]
    start = torch.zeros((1, 1), dtype=torch.long, device=key.device)
    if mask is not None:
        visible = mask[:, 0, -1] if mask.dtype == torch.bool else mask[:, 0, -1] == 0
        start = visible.long().argmax(-1, keepdim=True)
    places = (columns - start).expand(rows, -1)
    return places[:, keys - queries :], places


def _register() -> None:
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, _forward)
    AttentionMaskInterface.register(NAME, sdpa_mask)
