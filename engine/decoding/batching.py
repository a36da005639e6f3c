"""How many rows to decode together: what their keys and values need against free memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psutil
import torch
from transformers import PreTrainedModel

from engine.models.architecture import shape_of

SHARE = 0.5  # of the free memory; the rest is for activations and everyone else
MOST_ROWS = 256  # beyond it a step only gets longer, and rows wait for each other


@dataclass(frozen=True)
class BatchPlan:
    """A decision with its reason.

    Attributes:
        rows: Most rows to decode together, at least 1.
        reason: Why, in one sentence.
    """

    rows: int
    reason: str


def bytes_per_column(model: PreTrainedModel) -> int:
    """Bytes of keys and values that one token takes in all layers."""
    values = sum(shape_of(model.config).kv_widths)
    weight = next(p for p in model.parameters() if p.is_floating_point())
    return values * weight.element_size()


def free_bytes(device: torch.device) -> int:
    """Free memory of the device now."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def plan_rows(
    model: PreTrainedModel,
    columns: int,
    requests: int,
    asked: int | None,
    free: int | None = None,
) -> BatchPlan:
    """Choose the batch size.

    Args:
        model: Its config tells the bytes per token.
        columns: Tokens of the longest prompt with the longest answer.
        requests: Rows there are.
        asked: The caller's wish; None = by memory.
        free: Free bytes; None = ask the device.
    """
    if asked is not None:
        rows = max(1, min(asked, requests))
        return BatchPlan(rows, f"{rows} rows together, as asked.")
    device = next(model.parameters()).device
    free = free_bytes(device) if free is None else free
    row = bytes_per_column(model) * columns
    fitting = max(1, int(free * SHARE) // max(1, row))
    rows = max(1, min(requests, fitting, MOST_ROWS))
    needs = f"a row of {columns:,} tokens needs {row / 2**20:.1f} MiB of keys and values"
    if rows == requests:
        reason = f"All {rows} rows together: {needs}."
    elif rows == MOST_ROWS:
        reason = f"{rows} rows together, the most that are decoded at once: {needs}."
    else:
        room = f"{SHARE:.0%} of the {free / 2**30:.1f} GiB free"
        reason = f"{rows} rows together: {needs}, and {room} may be used."
    return BatchPlan(rows, reason)


def batches_of(lengths: Sequence[int], budget: int, overhead: int) -> list[tuple[int, int]]:
    """Cut ascending lengths into runs so that padding and passes cost least.

    A run of `n` rows costs ``n · longest + overhead`` tokens, because its rows are padded (or
    recompute shared tokens) to the longest one.

    Args:
        lengths: Ascending.
        budget: Most tokens in one run, unless a single row is longer.
        overhead: Tokens that a pass costs by itself.

    Returns:
        Spans (start, stop) that cover all lengths in order.
    """
    best = [0]
    cuts = [0]
    for stop in range(1, len(lengths) + 1):
        longest = lengths[stop - 1]
        first = max(0, min(stop - 1, stop - budget // max(1, longest)))
        cost, start = min(
            (best[start] + (stop - start) * longest + overhead, start)
            for start in range(first, stop)
        )
        best.append(cost)
        cuts.append(start)
    spans = []
    stop = len(lengths)
    while stop:
        spans.append((cuts[stop], stop))
        stop = cuts[stop]
    return spans[::-1]
