"""Keys and values of a text that was read once: recorded, then read again without being changed.

Built on transformers' extension point (`Cache`, `CacheLayerMixin`). A step on a kept cache returns
the kept columns with the new ones behind them and stores nothing, so nothing needs to be undone.
Sliding-window layers keep all columns and are windowed by the mask alone.
"""

from __future__ import annotations

from typing import cast

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

States = list[tuple[torch.Tensor, torch.Tensor]]
"""Per layer, keys and values ``[1, kv_heads, tokens, head_dim]``."""


class KeptLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """One layer: empty and recording, or filled and unchangeable."""

    is_sliding = False

    def __init__(self, states: tuple[torch.Tensor, torch.Tensor] | None, length: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.states = states
        self.length = length
        self.recording = states is None
        self.is_initialized = True

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing to allocate: states are taken as they come."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The kept columns and the new ones, ``[rows, kv_heads, length + new, head_dim]``."""
        if self.recording:
            self.states = (key_states, value_states)
            self.length = key_states.shape[-2]
            return key_states, value_states
        assert self.states is not None
        keys, values = self.states
        rows = key_states.shape[0]
        kept = slice(0, self.length)
        return (
            torch.cat([keys[:, :, kept].expand(rows, -1, -1, -1), key_states], dim=-2),
            torch.cat([values[:, :, kept].expand(rows, -1, -1, -1), value_states], dim=-2),
        )

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Length and offset of the keys that the next `update` returns."""
        return self.length + query_length, 0

    def get_seq_length(self) -> int:
        """Kept columns."""
        return self.length

    def get_max_length(self) -> int:
        """No maximum."""
        return -1


class KeptCache(Cache):
    """All layers.

    Args:
        layers: How many.
        states: What to keep; None = record one forward pass.
        length: How many columns of `states` count.
    """

    def __init__(self, layers: int, states: States | None = None, length: int = 0) -> None:
        given = states if states is not None else [None] * layers
        super().__init__(layers=[KeptLayer(one, length) for one in given])

    def recorded(self) -> States | None:
        """What one forward pass left, or None when a layer kept something else."""
        found = [layer.states for layer in cast(list[KeptLayer], self.layers)]
        if any(one is None or one[0].dim() != 4 for one in found):
            return None
        return cast(States, found)
