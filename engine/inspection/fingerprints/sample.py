"""The queries that a head is judged by, and what all heads of a layer share of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.softmax import weights_of
from engine.inspection.stages import stage_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.inspection.capture import Float, LayerCapture

CELLS: Final = 1 << 18  # all queries up to 512 tokens; of longer texts evenly chosen ones
FEWEST: Final = 16

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sample:
    """Some queries of one layer.

    Attributes:
        layer: The capture.
        ids: The tokens' numbers.
        rows: Which queries, ``[rows]``.
        shared: What a measure computes once for all heads, by its name.
    """

    layer: LayerCapture
    ids: NDArray[np.int64]
    rows: NDArray[np.int64]
    shared: dict[str, object] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether queries and keys are the same tokens."""
        return self.layer.role != "cross"

    @cached_property
    def seen(self) -> Bools:
        """Keys that each query sees, ``[rows, keys]``."""
        seen: Bools = self.layer.mask.allowed_at(self.rows, slice(0, self.layer.shape[1]))
        return seen

    @cached_property
    def behind(self) -> NDArray[np.int64]:
        """How many tokens a key stands before its query, ``[rows, keys]``."""
        return self.rows[:, None] - np.arange(self.layer.shape[1])[None, :]

    @cached_property
    def same(self) -> Bools:
        """Earlier keys with the query's own token, ``[rows, keys]``."""
        equal: Bools = self.ids[self.rows][:, None] == self.ids[None, :]
        found: Bools = equal & (self.behind > 0) & self.seen
        return found

    @cached_property
    def after_same(self) -> Bools:
        """Keys whose predecessor is an earlier copy of the query's token, ``[rows, keys]``."""
        found = np.zeros(self.seen.shape, bool)
        found[:, 1:] = (self.ids[self.rows][:, None] == self.ids[None, :-1]) & (
            self.behind[:, :-1] > 0
        )
        return found & self.seen


@dataclass(frozen=True, eq=False)
class HeadRows:
    """One head's numbers for the sampled queries.

    Attributes:
        weights: After softmax, ``[rows, keys]``.
        scores: Before it; -inf where the mask hides.
    """

    weights: Float
    scores: Float


def sample_of(layer: LayerCapture, ids: Sequence[int]) -> Sample:
    """Choose the queries: all of a short text, evenly spread ones of a long one."""
    queries, keys = layer.shape
    count = min(queries, max(FEWEST, CELLS // keys))
    rows = np.unique(np.linspace(0, queries - 1, count).astype(np.int64))
    return Sample(layer, np.asarray(ids, np.int64), rows)


def rows_of(sample: Sample, head: int) -> HeadRows:
    """The numbers of one head."""
    everything = slice(0, sample.layer.shape[1])
    scores = stage_at(sample.layer, head, "softcap", sample.rows, everything)
    lse = sample.layer.lse[head, sample.rows]
    return HeadRows(weights_of(scores.astype(np.float64), lse).astype(np.float32), scores)


def has_any(cells: Bools) -> Bools:
    """Which queries have a cell, ``[rows]``."""
    return np.asarray(cells.any(axis=1), bool)


def mean_over(values: NDArray[np.floating], chosen: Bools) -> float | None:
    """Mean over the chosen queries; None when there is none."""
    return float(values[chosen].mean(dtype=np.float64)) if chosen.any() else None
