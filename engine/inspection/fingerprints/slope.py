"""Fitted ALiBi slope: how much a score falls per token of distance."""

from __future__ import annotations

import numpy as np

from engine.inspection.fingerprints.sample import HeadRows, Sample


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Least squares of ``S = a_i - slope · |i - j|``, a level for each query (its softmax is free).

    None of cross-attention, or when no query sees two distances.
    """
    if not sample.own:
        return None
    seen = sample.seen
    counts = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    scores = np.where(seen, head.scores, 0.0).astype(np.float64)
    away = np.where(seen, np.abs(sample.behind), 0).astype(np.float64)
    scores = np.where(seen, scores - scores.sum(axis=1, keepdims=True) / counts, 0.0)
    away = np.where(seen, away - away.sum(axis=1, keepdims=True) / counts, 0.0)
    spread = float((away * away).sum())
    return -float((away * scores).sum()) / spread if spread > 0 else None
