"""Two captures of the same tokens beside each other: divergence per head, differences of maps.

Two models, or two states of one (4-bit against full, pruned against dense). Pure numpy: whole
score matrices are never held, everything is computed tile by tile from queries and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.capture import Capture, Float, LayerCapture, Role
from engine.inspection.stages import Stage, stage
from engine.inspection.tiles import TILE, tile

BLOCK: Final = 64  # rows measured together
COLUMNS: Final = 4096  # keys per tile
MOST_ROWS: Final = 2048  # of longer texts evenly spaced blocks are measured


@dataclass(frozen=True, eq=False)
class LayerPair:
    """One attention module in both states.

    Attributes:
        first, second: The captures, with equally many heads, queries and keys.
    """

    first: LayerCapture
    second: LayerCapture

    @property
    def layer(self) -> int:
        return self.first.layer

    @property
    def role(self) -> Role:
        return self.first.role


@dataclass(frozen=True, eq=False)
class Divergences:
    """How far the heads of two states are apart.

    Attributes:
        layers: Layer of each row.
        roles: Its role.
        values: Jensen-Shannon divergence of the attention weights in bits, 0 = the same, 1 =
            nothing in common; mean over the queries, ``[modules, heads]``.
        worst: The largest of any query, likewise.
        worst_row: Which query that is, int64.
        rows: Queries that were measured.
    """

    layers: tuple[int, ...]
    roles: tuple[Role, ...]
    values: Float
    worst: Float
    worst_row: NDArray[np.int64]
    rows: int

    def ranked(self) -> list[tuple[int, int]]:
        """(row of `values`, head), the furthest apart first."""
        order = np.argsort(-self.values, axis=None, kind="stable")
        heads = self.values.shape[1]
        return [(int(place) // heads, int(place) % heads) for place in order]


def pairs(first: Capture, second: Capture) -> tuple[LayerPair, ...]:
    """The modules that both captures hold, in the first one's order.

    Raises:
        BadSpec: The captures are not of the same tokens, share no layer, or differ in heads.
    """
    _check_tokens(first, second)
    found = []
    for one in first.layers:
        for other in second.layers:
            if (one.layer, one.role) == (other.layer, other.role):
                found.append(LayerPair(one, other))
                break
    if not found:
        raise BadSpec(
            "The two states have no captured layer in common.", "Look at the same layers of both."
        )
    for pair in found:
        if pair.first.heads != pair.second.heads:
            raise BadSpec(
                f"Layer {pair.layer} has {pair.first.heads} heads in one state and "
                f"{pair.second.heads} in the other.",
                "Choose two states of one architecture.",
            )
    return tuple(found)


def divergences(
    first: Capture,
    second: Capture,
    step: Callable[[float], None] | None = None,
    most_rows: int = MOST_ROWS,
) -> Divergences:
    """The Jensen-Shannon divergence of every head.

    Args:
        first, second: Captures of the same tokens.
        step: Told the share that is done, head by head; what it raises ends the work.
        most_rows: Queries to measure per module; of longer texts, evenly spaced blocks.

    Raises:
        BadSpec: As `pairs` does.
    """
    found = pairs(first, second)
    heads = max(pair.first.heads for pair in found)
    values = np.zeros((len(found), heads), np.float32)
    worst = np.zeros_like(values)
    worst_row = np.zeros(values.shape, np.int64)
    measured = 0
    for place, pair in enumerate(found):
        blocks = list(row_blocks(pair.first.shape[0], most_rows))
        numbers = np.concatenate([np.arange(rows.start, rows.stop) for rows in blocks])
        measured = max(measured, len(numbers))
        for head in range(pair.first.heads):
            apart = np.concatenate([row_divergence(pair, head, rows) for rows in blocks])
            values[place, head] = apart.mean()
            worst[place, head] = apart.max()
            worst_row[place, head] = numbers[apart.argmax()]
            if step is not None:
                step((place + (head + 1) / pair.first.heads) / len(found))
    return Divergences(
        tuple(pair.layer for pair in found),
        tuple(pair.role for pair in found),
        values,
        worst,
        worst_row,
        measured,
    )


def row_divergence(pair: LayerPair, head: int, rows: slice) -> NDArray[np.float64]:
    """Jensen-Shannon divergence of each query's weights in bits, float64 ``[rows]``.

    What a sink takes (a row then sums to less than 1) counts as one more key.
    """
    count, keys = rows.stop - rows.start, pair.first.shape[1]
    total = np.zeros(count)
    left_first, left_second = np.ones(count), np.ones(count)
    for start in range(0, keys, COLUMNS):
        cols = slice(start, min(keys, start + COLUMNS))
        seen = pair.first.mask.allowed(rows, cols).any()
        if not (seen or pair.second.mask.allowed(rows, cols).any()):
            continue
        p = stage(pair.first, head, "softmax", rows, cols).astype(np.float64)
        q = stage(pair.second, head, "softmax", rows, cols).astype(np.float64)
        left_first -= p.sum(1)
        left_second -= q.sum(1)
        total += _shared_terms(p, q).sum(1)
    total += _shared_terms(np.clip(left_first, 0, None), np.clip(left_second, 0, None))
    found: NDArray[np.float64] = np.clip(total, 0.0, 1.0)
    return found


def difference(
    pair: LayerPair,
    head: int,
    name: Stage = "softmax",
    rows: slice = slice(None),
    cols: slice = slice(None),
) -> Float:
    """Second minus first in a rectangle of one head's map.

    Args:
        pair: The module in both states.
        head: Which head.
        name: The stage; weights by default.
        rows, cols: The rectangle.

    Returns:
        float32 ``[rows, cols]``; 0 where either state hides the cell.

    Raises:
        BadSpec: There is no such head or stage.
    """
    return _apart(
        stage(pair.first, head, name, rows, cols), stage(pair.second, head, name, rows, cols)
    )


def difference_tile(
    pair: LayerPair, head: int, name: Stage, level: int, row: int, col: int, size: int = TILE
) -> Float:
    """Second minus first of one tile, mean-pooled: the mean of the differences."""
    return _apart(
        tile(pair.first, head, name, level, row, col, size),
        tile(pair.second, head, name, level, row, col, size),
    )


def row_blocks(count: int, most: int) -> Iterator[slice]:
    """All rows in blocks, or evenly spaced blocks that together hold at most `most` rows."""
    starts = list(range(0, count, BLOCK))
    if count > most:
        wanted = max(1, most // BLOCK)
        starts = np.linspace(0, count - BLOCK, wanted).astype(int).tolist()
    for start in starts:
        yield slice(start, min(count, start + BLOCK))


def _shared_terms(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """½ p·log₂(p/m) + ½ q·log₂(q/m) with m = (p + q)/2, cell by cell (Lin 1991)."""
    m = 0.5 * (p + q)
    terms = np.zeros_like(m)
    for one in (p, q):
        some = one > 0
        terms[some] += 0.5 * one[some] * np.log2(one[some] / m[some])
    return terms


def _apart(first: Float, second: Float) -> Float:
    hidden = ~(np.isfinite(first) & np.isfinite(second))
    with np.errstate(invalid="ignore"):
        apart: Float = second - first
    apart[hidden] = 0.0
    return apart


def _check_tokens(first: Capture, second: Capture) -> None:
    hint = "Give both the same text, and models with the same tokenizer."
    for one, other in ((first.ids, second.ids), (first.encoder_tokens, second.encoder_tokens)):
        if len(one) != len(other):
            raise BadSpec(
                f"One state read {len(one):,} tokens and the other {len(other):,}, so their maps "
                "cannot be laid over each other.",
                hint,
            )
        if one != other:
            place = next(i for i in range(len(one)) if one[i] != other[i])
            raise BadSpec(
                f"The two states differ in token {place} of the text, so their maps cannot be laid "
                "over each other.",
                hint,
            )
