"""Learned position tables: how alike the rows are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float

MOST_ROWS: Final = 512


@dataclass(frozen=True, eq=False)
class Similarity:
    """Cosines between rows of a table.

    Attributes:
        positions: Which positions; every n-th of a long table, ``[n]``.
        cosines: float32 ``[n, n]``.
        norms: Length of each row, ``[n]``.
        by_distance: Mean cosine by number of steps between the shown positions, ``[n]``.
    """

    positions: NDArray[np.int64]
    cosines: Float
    norms: Float
    by_distance: NDArray[np.float64]


def similarity(table: Float, offset: int = 0, most: int = MOST_ROWS) -> Similarity:
    """Compare the rows of a position table.

    Args:
        table: ``[rows, dim]``, as stored in the model.
        offset: Row of position 0: 2 in OPT and BART, 0 in GPT-2 and BERT.
        most: Rows to compare; more are thinned evenly.
    """
    rows = table[offset:]
    positions = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round()).astype(int)
    chosen = rows[positions].astype(np.float32)
    norms = np.linalg.norm(chosen, axis=1)
    unit = chosen / np.maximum(norms, np.finfo(np.float32).tiny)[:, None]
    cosines: Float = unit @ unit.T
    by_distance = np.array([np.diagonal(cosines, n).mean() for n in range(len(positions))])
    return Similarity(positions, cosines, norms, by_distance.astype(np.float64))
