"""Mean distance: how far a head looks, in tokens."""

from __future__ import annotations

import numpy as np

from engine.inspection.fingerprints.sample import HeadRows, Sample


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Mean over queries of ``Σ P · |i - j|``; None of cross-attention."""
    if not sample.own:
        return None
    p = head.weights.astype(np.float64)
    return float((p * np.abs(sample.behind)).sum(axis=1).mean())
