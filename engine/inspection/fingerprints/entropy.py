"""Entropy: how widely a head looks, in nats; 0 = at one token."""

from __future__ import annotations

import numpy as np

from engine.inspection.fingerprints.sample import HeadRows, Sample


def measure(_sample: Sample, head: HeadRows) -> float | None:
    """Mean over queries of ``-Σ P ln P``."""
    p = head.weights.astype(np.float64)
    logs = np.log(np.where(p > 0, p, 1.0))
    return float(-(p * logs).sum(axis=1).mean())
