"""Duplicate token: weight of earlier copies of the query's own token, 0 … 1."""

from __future__ import annotations

from engine.inspection.fingerprints.sample import HeadRows, Sample, has_any, mean_over


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Mean over the queries that have an earlier copy; None when nothing repeats."""
    if not sample.own:
        return None
    return mean_over((head.weights * sample.same).sum(axis=1), has_any(sample.same))
