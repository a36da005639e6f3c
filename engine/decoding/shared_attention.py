"""Attention of one step over prefixes that many rows share, read once per prefix and not per row.

Expanding a shared prefix into every row makes each step read it once per row. Here a row's cache
holds only its own columns, and the queries of all rows of one prefix meet the prefix's keys in
one matrix product. The scores of both parts go through one softmax, so the result is that of
plain attention up to rounding.

Plugs into transformers' attention interface under a name of its own (with the mask function of
``sdpa``). Used when the model's layers really call the interface with nothing but plain
arguments, which the forward passes over prompts show before the first step needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from engine.models.architecture import shape_of

NAME = "sdpa_shared_prefix"
PLAIN = frozenset({"position_ids", "use_cache", "cache_position", "is_causal"})

States = list[tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True, eq=False)
class SharedPast:
    """A beginning that several rows share.

    Attributes:
        states: Per layer, keys and values ``[kv_heads, length or more, head_dim]``.
        length: Columns in use, from the left.
    """

    states: States
    length: int


class Groups:
    """Rows sorted by the prefix they share.

    Args:
        pasts: Each row's shared beginning, or None.
        device: Of the rows.

    Attributes:
        order: Row at each sorted place, int64 ``[rows]``.
        inverse: Sorted place of each row, int64 ``[rows]``.
        parts: (first sorted place, one past the last, their shared beginning).
        first_alone: Sorted place of the first row that shares nothing.
        longest: Columns of the longest one; 0 when no row shares anything.
    """

    def __init__(self, pasts: list[SharedPast | None], device: torch.device) -> None:
        members: dict[SharedPast, list[int]] = {}
        for row, past in enumerate(pasts):
            if past is not None:
                members.setdefault(past, []).append(row)
        order: list[int] = []
        self.parts: list[tuple[int, int, SharedPast]] = []
        for past, rows in members.items():
            self.parts.append((len(order), len(order) + len(rows), past))
            order += rows
        self.first_alone = len(order)
        order += [row for row, past in enumerate(pasts) if past is None]
        self.order = torch.tensor(order, device=device)
        self.inverse = torch.argsort(self.order)
        self.longest = max((past.length for _, _, past in self.parts), default=0)


class SharedAttention:
    """The attention function of one decoding run, and what it has learned of the model.

    Attributes:
        groups: The rows of the step in progress; None during prompts.
    """

    def __init__(self) -> None:
        self.groups: Groups | None = None
        self._layers: set[int] = set()
        self._strange: set[str] = set()

    def trusts(self, layers: int) -> bool:
        """Whether all layers were seen to come through here with plain arguments only."""
        return self._layers == set(range(layers)) and not self._strange

    def note(self, module: nn.Module, arguments: dict[str, object]) -> None:
        """Remember which layer called, and with what beside the plain arguments."""
        self._layers.add(int(getattr(module, "layer_idx", -1)))
        self._strange.update(
            name
            for name, value in arguments.items()
            if name not in PLAIN and value is not None and value is not False
        )


_running: ContextVar[SharedAttention | None] = ContextVar("shared_attention", default=None)


def may_share(model: PreTrainedModel) -> bool:
    """Whether sharing is worth a try: full attention through SDPA, on a CPU.

    On an accelerator many small products per layer cost more than the reading they save.
    """
    config = model.config
    return (
        model.device.type == "cpu"
        and getattr(config, "_attn_implementation", "") == "sdpa"
        and config.get_text_config(decoder=True) is config
        and not any(shape_of(config).windows)
    )


@contextmanager
def installed(model: PreTrainedModel) -> Iterator[SharedAttention | None]:
    """Let the model's layers attend through a `SharedAttention`; restored when the block ends.

    Yields None when the model does not accept the implementation.
    """
    before = model.config._attn_implementation
    attention = SharedAttention()
    try:
        model.set_attn_implementation(NAME)
    except ValueError:
        yield None
        return
    token = _running.set(attention)
    try:
        yield attention
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
    **kwargs: Any,  # noqa: ANN401 - whatever a model's layers pass on
) -> tuple[torch.Tensor, None]:
    """The function that layers call; shapes as in transformers' `sdpa_attention_forward`."""
    running = _running.get()
    if running is not None:
        groups = running.groups
        if groups is not None:
            layer = int(module.layer_idx)  # type: ignore[arg-type]
            scale = scaling if scaling is not None else query.shape[-1] ** -0.5
            return attend(groups, layer, query * scale, key, value, attention_mask), None
        running.note(module, kwargs)
    return sdpa_attention_forward(
        module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **kwargs
    )


def attend(
    groups: Groups,
    layer: int,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
) -> torch.Tensor:
    """One step's attention over shared and own columns.

    Args:
        groups: Which rows share what.
        layer: Number of the layer.
        query: ``[rows, heads, 1, head_dim]``, scaled.
        key: Own columns, ``[rows, kv_heads, own, head_dim]``.
        value: Likewise.
        mask: bool ``[rows, 1, 1, own]``, true where a row may look; None = everywhere.

    Returns:
        ``[rows, 1, heads, head_dim]``.
    """
    rows, heads, _, head_dim = query.shape
    kv_heads, own_columns = key.shape[1], key.shape[2]
    query = query.view(rows, kv_heads, heads // kv_heads, head_dim)
    own = query @ key.transpose(-1, -2)  # [rows, kv_heads, group, own]
    if mask is not None:
        own = own.masked_fill_(mask.logical_not(), -torch.inf)
    shared = groups.longest
    scores = own.new_empty((*own.shape[:3], shared + own_columns))  # in sorted order
    scores[..., shared:] = own.index_select(0, groups.order)
    scores[groups.first_alone :, ..., :shared] = -torch.inf
    asking = query.index_select(0, groups.order)
    for start, stop, past in groups.parts:
        keys = past.states[layer][0][:, : past.length]  # [kv_heads, length, head_dim]
        stacked = asking[start:stop].transpose(0, 1).reshape(kv_heads, -1, head_dim)
        found = (stacked @ keys.transpose(-1, -2)).view(kv_heads, stop - start, -1, past.length)
        scores[start:stop, ..., : shared - past.length] = -torch.inf
        scores[start:stop, ..., shared - past.length : shared] = found.transpose(0, 1)
    shares = scores.softmax(-1, dtype=torch.float32).to(value.dtype)
    mixed = shares.new_zeros((rows, kv_heads, heads // kv_heads, value.shape[-1]))
    for start, stop, past in groups.parts:
        values = past.states[layer][1][:, : past.length]
        part = shares[start:stop, ..., shared - past.length : shared].transpose(0, 1)
        found = part.reshape(kv_heads, -1, past.length) @ values
        mixed[start:stop] = found.view(kv_heads, stop - start, -1, values.shape[-1]).transpose(0, 1)
    out = shares[..., shared:].index_select(0, groups.inverse) @ value
    out += mixed.index_select(0, groups.inverse)
    return out.reshape(rows, 1, heads, value.shape[-1])


AttentionInterface.register(NAME, _forward)
AttentionMaskInterface.register(NAME, sdpa_mask)
