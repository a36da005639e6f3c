"""Sink mass: what rests on the first token (Xiao et al. 2024), 0 … 1."""

from __future__ import annotations

from engine.inspection.fingerprints.sample import HeadRows, Sample, mean_over


def measure(sample: Sample, head: HeadRows) -> float | None:
    """Mean weight of key 0 over the queries after it that see it."""
    later = sample.rows > 0 if sample.own else sample.rows >= 0
    return mean_over(head.weights[:, 0], later & sample.seen[:, 0])
