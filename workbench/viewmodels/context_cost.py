"""What length costs, forecast and measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.models.spec import Anatomy
from workbench.viewmodels.context_probe import ProbeModel

Array = NDArray[np.float64]
MEGA = 1e6


@dataclass(frozen=True, eq=False)
class Memory:
    """Keys and values of one sequence, in MB, by growing length.

    Attributes:
        tokens, forecast, measured: ``[lengths]`` each; NaN where nothing was measured.
        peaks: Lengths and all that was held at once besides the weights, per method.
    """

    tokens: Array
    forecast: Array
    measured: Array
    peaks: dict[str, tuple[Array, Array]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Times:
    """Seconds for one text with all its questions.

    Attributes:
        tokens: Lengths of the forecast.
        forecast: At these, or None while there is nothing to scale it to.
        measured: Lengths and seconds per method.
    """

    tokens: Array
    forecast: Array | None
    measured: dict[str, tuple[Array, Array]] = field(default_factory=dict)


def memory(probe: ProbeModel) -> Memory:
    """Of the rows that are there. At each length the largest cache of any method: all are the same,
    but where the cache forgets, which leaves each method what its rule needs.
    """
    known: dict[int, tuple[float, float]] = {}
    for row in probe.rows.values():
        before = known.get(row.tokens, (0.0, 0.0))
        known[row.tokens] = (
            max(before[0], row.forecast_bytes / MEGA), max(before[1], row.kv_bytes / MEGA),
        )  # fmt: skip
    tokens = sorted(known)
    measured = np.array([known[one][1] for one in tokens])
    peaks = {}
    for method in probe.methods():
        rows = [row for row in probe.curve(method) if row.peak_bytes and not row.same_as]
        if rows:
            peaks[method] = (
                np.array([float(row.tokens) for row in rows]),
                np.array([row.peak_bytes / MEGA for row in rows]),
            )
    return Memory(
        np.array(tokens, np.float64), np.array([known[one][0] for one in tokens]),
        np.where(measured > 0, measured, np.nan), peaks,
    )  # fmt: skip


def times(probe: ProbeModel, anatomy: Anatomy | None) -> Times:
    """Seconds per text; the forecast grows as the multiplications of one forward pass do."""
    spec = probe.spec
    if spec is None:
        return Times(np.zeros(0), None)
    measured: dict[str, tuple[Array, Array]] = {}
    for method in probe.methods():
        rows = [row for row in probe.curve(method) if row.n and row.seconds > 0 and row.complete]
        if rows:
            texts = [max(1.0, row.n / spec.needles) for row in rows]
            measured[method] = (
                np.array([float(row.tokens) for row in rows]),
                np.array([row.seconds / n for row, n in zip(rows, texts, strict=True)]),
            )
    tokens = np.array(sorted({float(row.tokens) for row in probe.rows.values()}))
    base = measured.get("direct")
    if base is None or anatomy is None or not len(tokens):
        return Times(tokens, None, measured)
    work = multiplications(anatomy, tokens)
    first = multiplications(anatomy, base[0][:1])[0]
    return Times(tokens, base[1][0] * work / first, measured)


def multiplications(anatomy: Anatomy, tokens: Array) -> Array:
    """Of one forward pass: every weight once per token, and each token with all before it."""
    body = anatomy.parameters - anatomy.vocabulary * anatomy.hidden_size
    pairs = tokens * (tokens + 1) / 2
    return max(0, body) * tokens + 2.0 * anatomy.layers * anatomy.heads * anatomy.head_dim * pairs
