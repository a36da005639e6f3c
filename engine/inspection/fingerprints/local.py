"""Local window: weight within a few tokens of the query, 0 … 1."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.inspection.fingerprints.sample import HeadRows, Sample, has_any, mean_over

WINDOW: Final = 8


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Mean weight of keys less than `WINDOW` tokens away, the query itself included.

    Queries that see nothing farther away say nothing; None when there is no other.
    """
    if not sample.own:
        return None
    near = np.abs(sample.behind) < WINDOW
    farther = has_any(sample.seen & ~near)
    return mean_over((head.weights * near).sum(axis=1), farther)
