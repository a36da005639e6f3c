"""Position-only fit: how much of a head's scores follows from the distance alone, R² in 0 … 1.

The scores are fitted by a level per query (a softmax does not see it) plus one free value per
distance: ``S = a_i + g(i - j)``. The fit's normal matrix depends on the mask only, so it is solved
once per layer and each head costs one histogram.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.fingerprints.sample import Bools, HeadRows, Sample

REACH: Final = 256  # tokens to either side that are fitted
ROWS: Final = 256


class Fit:
    """The design shared by all heads of a layer.

    Args:
        sample: Its queries; at most `ROWS` of them are used.
    """

    def __init__(self, sample: Sample) -> None:
        rows = np.unique(
            np.linspace(0, len(sample.rows) - 1, min(ROWS, len(sample.rows))).astype(np.int64)
        )
        self.rows = rows
        behind = sample.behind[rows]
        self.used: Bools = sample.seen[rows] & (np.abs(behind) < REACH)
        self.counts = self.used.sum(axis=1)
        self.bins = (behind + REACH)[self.used]
        self.row_of = np.repeat(np.arange(len(rows)), self.counts)

    @cached_property
    def solver(self) -> tuple[NDArray[np.float64], int]:
        """Pseudo-inverse of the normal matrix for g, and its rank."""
        member = np.zeros((len(self.rows), 2 * REACH), np.float64)
        member[self.row_of, self.bins] = 1.0
        normal = np.diag(member.sum(axis=0))
        normal -= member.T @ (member / np.maximum(self.counts, 1)[:, None])
        values, vectors = np.linalg.eigh(normal)
        kept = values > 1e-9 * max(1.0, float(values[-1]))
        inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        return inverse, int(kept.sum())

    def share(self, scores: NDArray[np.float32]) -> float | None:
        """Adjusted R² of one head's scores ``[sampled rows, keys]``; None when too few are free."""
        cells = scores[self.rows][self.used].astype(np.float64)
        levels = np.bincount(self.row_of, cells, len(self.rows)) / np.maximum(self.counts, 1)
        cells -= levels[self.row_of]
        total = float(cells @ cells)
        inverse, rank = self.solver
        free = len(cells) - int((self.counts > 0).sum())
        if free - rank < 1 or total == 0:
            return None
        moments = np.bincount(self.bins, cells, 2 * REACH)
        left = max(0.0, total - float(moments @ inverse @ moments))
        return max(0.0, 1.0 - (left / (free - rank)) / (total / free))


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Adjusted R² of the fit; None of cross-attention or of a text of a few tokens."""
    if not sample.own:
        return None
    return fit_of(sample).share(head.scores)


def fit_of(sample: Sample) -> Fit:
    """The design of a sample, made once."""
    found = sample.shared.get("position_fit") or Fit(sample)
    assert isinstance(found, Fit)
    sample.shared["position_fit"] = found
    return found
