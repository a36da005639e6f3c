"""A cache of constant size: the first tokens and the recent ones stay, the rest is forgotten.

Built on transformers' public extension point (`Cache`, `CacheLayerMixin`). It keeps keys at their
own positions and says which these are; the attention function turns the first ones (`Sinks`), so
nothing is turned twice and nothing drifts, however long the text goes on.
"""

from __future__ import annotations

from typing import cast

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

from engine.context.attention.interface import Running


class EvictingLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one layer, ``[1, kv_heads, at most first + recent, head_dim]``.

    Args:
        first: Tokens at the start that stay.
        recent: Tokens at the end that stay, the newest included.
        running: Is told the positions of the keys that `update` returns.
    """

    is_sliding = False

    def __init__(self, first: int, recent: int, running: Running) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._first, self._recent, self._running = first, recent, running
        self._seen = 0
        self._positions = torch.zeros(0, dtype=torch.long)

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Start empty, like the states that come."""
        self.keys, self.values = key_states[:, :, :0], value_states[:, :, :0]
        self._positions = self._positions.to(key_states.device)
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add new tokens; returns all that they may look at, then forgets what no later one may."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        new = key_states.shape[-2]
        keys = torch.cat([cast(torch.Tensor, self.keys), key_states], -2)
        values = torch.cat([cast(torch.Tensor, self.values), value_states], -2)
        fresh = torch.arange(self._seen, self._seen + new, device=keys.device)
        places = torch.cat([self._positions, fresh])
        self._seen += new
        kept = (places < self._first) | (places > self._seen - self._recent)
        self.keys, self.values = keys[:, :, kept], values[:, :, kept]
        self._positions = places[kept]
        self._running.key_positions = places
        return keys, values

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Length and offset of the keys that the next `update` returns."""
        return len(self._positions) + query_length, 0

    def get_seq_length(self) -> int:
        """Tokens seen, kept or not: the next one's position."""
        return self._seen

    def get_max_length(self) -> int:
        """No maximum."""
        return -1


class EvictingCache(Cache):
    """The layers of `EvictingLayer`. One row; valid within the block that gave its `running`.

    Args:
        layers: Number of decoder layers.
        first: Tokens at the start that stay, as many as the rule's sinks.
        recent: Tokens at the end that stay, at least the rule's window.
        running: What `attending` yielded.
    """

    def __init__(self, layers: int, first: int, recent: int, running: Running) -> None:
        super().__init__(layers=[EvictingLayer(first, recent, running) for _ in range(layers)])
