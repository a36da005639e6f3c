"""Previous token: weight of the token right before, 0 … 1."""

from __future__ import annotations

from engine.inspection.fingerprints.sample import HeadRows, Sample, has_any, mean_over


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Mean of ``P[i, i - 1]`` over the queries that see it; None of cross-attention."""
    if not sample.own:
        return None
    one_back = (sample.behind == 1) & sample.seen
    weights = (head.weights * one_back).sum(axis=1)
    return mean_over(weights, has_any(one_back))
