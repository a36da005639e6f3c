"""Position tables and distance buckets as the views draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.inspection.capture import BucketBias, Float, LayerCapture
from engine.inspection.positions.buckets import BucketCurve, bucket_curve
from engine.inspection.positions.learned import Similarity, similarity
from engine.inspection.positions.sinusoidal import Layout, sinusoidal
from engine.inspection.positions.table_spec import PositionTable

FORMULA_POSITIONS: Final = 128
FORMULA_DIM: Final = 64
MOST_ROWS: Final = 256
MOST_DIMS: Final = 256
T5_BUCKETS: Final = 32
T5_DISTANCE: Final = 128


@dataclass(frozen=True, eq=False)
class TableView:
    """A table of positions ready to be drawn.

    Attributes:
        rows: Positions and dimensions, thinned where there are many, ``[positions, dims]``.
        positions, dims: Which ones they are.
        alike: Cosines between rows.
        count, width: Of the whole table.
    """

    rows: Float
    positions: np.ndarray
    dims: np.ndarray
    alike: Similarity
    count: int
    width: int

    @property
    def distances(self) -> np.ndarray:
        """Between the rows of `alike`, in positions: thinned rows lie several apart."""
        places = self.alike.positions
        step = float(places[1]) if len(places) > 1 else 1.0
        return np.arange(len(self.alike.by_distance)) * step


def formula_table(layout: Layout) -> TableView:
    """The sines and cosines of the original Transformer."""
    rows = sinusoidal(np.arange(FORMULA_POSITIONS, dtype=np.float64), FORMULA_DIM, layout)
    return _viewed(rows.astype(np.float32), 0)


def model_table(table: PositionTable) -> TableView:
    """A table as it was read from a model."""
    return _viewed(table.rows, table.offset)


def _viewed(rows: Float, offset: int) -> TableView:
    used = rows[offset:]
    positions = _thinned(len(used), MOST_ROWS)
    dims = _thinned(used.shape[1], MOST_DIMS)
    return TableView(
        used[np.ix_(positions, dims)],
        positions,
        dims,
        similarity(rows, offset, MOST_ROWS),
        len(used),
        used.shape[1],
    )


def _thinned(count: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def buckets_of(layer: LayerCapture | None) -> tuple[BucketCurve, bool, bool]:
    """The layer's bias by distance, else the shape of T5's decoder buckets with no bias.

    Returns:
        The curve, whether it is the layer's own, and whether keys behind have own buckets.
    """
    if layer is not None and isinstance(layer.bias, BucketBias):
        return bucket_curve(layer.bias), True, layer.bias.bidirectional
    empty = BucketBias(np.zeros((1, T5_BUCKETS), np.float32), False, T5_DISTANCE)
    return bucket_curve(empty), False, False
