"""Induction: weight of what followed an earlier copy of the query's token (Olsson et al. 2022)."""

from __future__ import annotations

from engine.inspection.fingerprints.sample import HeadRows, Sample, has_any, mean_over


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Mean over the queries that have an earlier copy; None when nothing repeats."""
    if not sample.own:
        return None
    after = sample.after_same
    return mean_over((head.weights * after).sum(axis=1), has_any(after))
