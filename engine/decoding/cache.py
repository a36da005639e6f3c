"""A key-value cache whose rows come and go: one slot per answer, all ending at the same column.

Layout: every row is right-aligned and without gaps, so row `r` with `lengths[r]` tokens fills the
columns ``[end - lengths[r], end)``. That keeps column distance equal to position distance, which
sliding-window masks and ALiBi both rely on. Columns are preallocated, so a step writes one column
instead of copying the whole cache, as `torch.cat` in `DynamicCache` does.

Built on transformers' public extension point (`Cache`, `CacheLayerMixin` in `cache_utils.py`).
Sliding-window layers keep all their columns here and are windowed by the mask alone: more memory
than transformers' own sliding layers, but exact under left padding, for rows of any age.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from transformers.cache_utils import Cache, CacheLayerMixin

from engine.decoding.shared_attention import Groups, SharedPast, States

GROWTH = 64  # columns added when the buffers are full, unless more are asked for


class Window:
    """Which columns of the buffers are in use; shared by all layers of one cache."""

    def __init__(self, rows: int, row_slots: int, capacity: int) -> None:
        self.rows = rows
        self.row_slots = max(rows, row_slots)
        self.capacity = capacity
        self.start = 0
        self.end = 0

    @property
    def width(self) -> int:
        """Columns in use."""
        return self.end - self.start


class RowLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one layer: buffers ``[row_slots, kv_heads, capacity, head_dim]``."""

    is_sliding = False

    def __init__(self, window: Window) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.window = window

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Allocate the buffers like the first states seen.

        Zeros, because masked columns are multiplied by zero and must not be NaN.
        """
        for name, states in (("keys", key_states), ("values", value_states)):
            _, heads, _, width = states.shape
            shape = (self.window.row_slots, heads, self.window.capacity, width)
            setattr(self, name, states.new_zeros(shape))
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write the new columns; returns views ``[rows, kv_heads, width + new, head_dim]``."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        keys, values = self.buffers()
        window = self.window
        stop = window.end + key_states.shape[-2]
        keys[: window.rows, :, window.end : stop] = key_states
        values[: window.rows, :, window.end : stop] = value_states
        seen = slice(window.start, stop)
        return keys[: window.rows, :, seen], values[: window.rows, :, seen]

    def buffers(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The whole buffers."""
        assert self.keys is not None
        assert self.values is not None
        return self.keys, self.values

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Length and offset of the keys that the next `update` returns."""
        return self.window.width + query_length, 0

    def get_seq_length(self) -> int:
        """Columns in use."""
        return self.window.width

    def get_max_length(self) -> int:
        """No maximum: the buffers grow."""
        return -1


class RowCache(Cache):
    """Rows of keys and values for all layers.

    Args:
        layers: Number of decoder layers.
        lengths: Tokens per row that the first forward pass will leave in the cache; empty for a
            cache that only adopts rows.
        capacity: Columns to allocate.
        device: Where masks and positions are built.
        row_slots: Rows to allocate, when more will come.

    Attributes:
        lengths: Own columns of each row.
        pasts: What each row shares with others and holds no columns for, or None.
    """

    def __init__(
        self,
        layers: int,
        lengths: Sequence[int],
        capacity: int,
        device: torch.device,
        row_slots: int = 0,
    ) -> None:
        self.window = Window(len(lengths), row_slots, capacity)
        self.lengths = list(lengths)
        self.pasts: list[SharedPast | None] = [None] * len(lengths)
        self._groups: Groups | None = None
        self.device_of_inputs = device
        super().__init__(layers=[RowLayer(self.window) for _ in range(layers)])

    @property
    def row_layers(self) -> list[RowLayer]:
        """The layers, typed."""
        return cast(list[RowLayer], self.layers)

    @property
    def rows(self) -> int:
        """Rows in use."""
        return self.window.rows

    @property
    def groups(self) -> Groups | None:
        """The rows by what they share; None when they share nothing."""
        if self._groups is None:
            self._groups = Groups(self.pasts, self.device_of_inputs)
        return self._groups if self._groups.parts else None

    def seed(self, row: int, past: States, used: int) -> None:
        """Put the first `used` columns of another row's keys and values before the window's end.

        Args:
            row: Slot to fill.
            past: Per layer, keys and values ``[kv_heads, length, head_dim]``.
            used: How many of their columns, from the left.
        """
        end = self.window.end
        for layer, (keys, values) in zip(self.row_layers, past, strict=True):
            if not layer.is_initialized:
                layer.lazy_initialization(keys[None], values[None])
            for buffer, states in zip(layer.buffers(), (keys, values), strict=True):
                buffer[row, :, end - used : end] = states[:, :used]

    def row_states(self, row: int) -> States:
        """Per layer, views of one row's keys and values ``[kv_heads, length, head_dim]``."""
        seen = slice(self.window.end - self.lengths[row], self.window.end)
        states = []
        for layer in self.row_layers:
            keys, values = layer.buffers()
            states.append((keys[row, :, seen], values[row, :, seen]))
        return states

    def begin_step(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Make room for one more token in each row.

        Returns:
            Attention mask ``[rows, width + 1]`` (int64) and position ids ``[rows, 1]``.
        """
        if self.window.end + 1 > self.window.capacity:
            self._make_room()
        lengths = torch.tensor(self.lengths, device=self.device_of_inputs)[:, None]  # [rows, 1]
        width = self.window.width
        columns = torch.arange(width + 1, device=self.device_of_inputs)
        mask = (columns >= width - lengths).long()
        shared = [past.length if past is not None else 0 for past in self.pasts]
        return mask, lengths + torch.tensor(shared, device=self.device_of_inputs)[:, None]

    def end_step(self) -> None:
        """Count the token that each row has just written."""
        self.window.end += 1
        self.lengths = [length + 1 for length in self.lengths]

    def adopt(self, other: RowCache, row_slots: int, pasts: Sequence[SharedPast | None]) -> None:
        """Take over all rows of another cache, at this cache's right edge.

        Args:
            other: Rows to copy; it is not changed.
            row_slots: Rows to have room for.
            pasts: For each row, the beginning that need not be copied because it is shared.
        """
        own = [
            length - (past.length if past is not None else 0)
            for length, past in zip(other.lengths, pasts, strict=True)
        ]
        width = max(own)
        if width > self.window.end:
            self._shift_right(width - self.window.end)
        first, last = self.rows, self.rows + other.rows
        if last > self.window.row_slots:
            self._more_rows(max(last, row_slots))
        end = self.window.end
        seen = slice(other.window.end - width, other.window.end)
        for mine, theirs in zip(self.row_layers, other.row_layers, strict=True):
            if not mine.is_initialized:
                mine.lazy_initialization(*theirs.buffers())
            for buffer, new in zip(mine.buffers(), theirs.buffers(), strict=True):
                buffer[first:last, :, end - width : end] = new[: other.rows, :, seen]
        self.window.rows = last
        self.lengths += own
        self.pasts += pasts
        self._groups = None
        self._trim()

    def drop(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Free rows; the last rows move into their slots.

        Returns:
            The moves made, as (from, to) in order.
        """
        moves = []
        for row in sorted(rows, reverse=True):
            last = self.window.rows - 1
            if row != last:
                self._copy_row(last, row)
                moves.append((last, row))
            self.lengths.pop()
            self.pasts.pop()
            self.window.rows = last
        self._groups = None
        self._trim()
        return moves

    def _copy_row(self, source: int, target: int) -> None:
        length = self.lengths[source]
        seen = slice(self.window.end - length, self.window.end)
        for layer in self.row_layers:
            for buffer in layer.buffers():
                buffer[target, :, seen] = buffer[source, :, seen]
        self.lengths[target] = length
        self.pasts[target] = self.pasts[source]

    def _trim(self) -> None:
        """Forget columns that no living row reaches."""
        self.window.start = self.window.end - max(self.lengths, default=0)

    def _make_room(self) -> None:
        """Slide the window to the left edge, or allocate more columns when it is wide."""
        window = self.window
        width = window.width
        capacity = window.capacity
        if width > capacity * 3 // 4:
            capacity = width + max(GROWTH, width // 2)
        self._rebuild(capacity, offset=0)

    def _shift_right(self, columns: int) -> None:
        """Move the window right, so that longer rows fit at its left."""
        window = self.window
        self._rebuild(
            max(window.capacity, window.end + columns + GROWTH), offset=window.start + columns
        )

    def _rebuild(self, capacity: int, offset: int) -> None:
        """Copy the window into fresh buffers of `capacity` columns, at column `offset`."""
        window = self.window
        seen = slice(window.start, window.end)
        width = window.width
        for layer in self.row_layers:
            if not layer.is_initialized:
                continue
            fresh = []
            for buffer in layer.buffers():
                slots, heads, _, head_dim = buffer.shape
                grown = buffer.new_zeros((slots, heads, capacity, head_dim))
                grown[: window.rows, :, offset : offset + width] = buffer[: window.rows, :, seen]
                fresh.append(grown)
            layer.keys, layer.values = fresh
        window.capacity, window.start, window.end = capacity, offset, offset + width

    def _more_rows(self, slots: int) -> None:
        for layer in self.row_layers:
            if not layer.is_initialized:
                continue
            fresh = []
            for buffer in layer.buffers():
                grown = buffer.new_zeros((slots, *buffer.shape[1:]))
                grown[: self.rows] = buffer[: self.rows]
                fresh.append(grown)
            layer.keys, layer.values = fresh
        self.window.row_slots = slots


class SoloRow:
    """One answer on transformers' own cache, for models whose rows cannot be mixed.

    Args:
        cache: The cache that the model's class asks for.
    """

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.rows = 1

    def drop(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Free the row if it is named; there is never one to move."""
        self.rows -= len(rows)
        return []
