"""Mean scores of blocks of tokens without computing every score in them.

The mean of q_i·k_j over a block of queries and keys is mean(q)·mean(k); a position bias depends on
the distance alone and is averaged over its triangle of distances; where the mask cuts a block, the
visible keys of each query are one run, so a running sum of the keys gives their sum.
All of it is exact: an overview of 100,000 tokens is one small product.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.biases import bias_of, distance_curve
from engine.inspection.capture import DenseBias, Float, LayerCapture, Mask
from engine.inspection.softmax import MASKED
from engine.inspection.stages import Stage, keys, queries

BY_CELLS: Final = 1 << 12  # a cut block of so few cells is computed cell by cell
Edges = NDArray[np.int64]


def edges(span: slice, step: int) -> Edges:
    """First and one past the last token of each block in `span`, int64 ``[blocks, 2]``."""
    starts = np.arange(span.start, span.stop, step)
    return np.stack([starts, np.minimum(starts + step, span.stop)], axis=1)


def mean_scores(
    layer: LayerCapture, head: int, name: Stage, rows: slice, cols: slice, step: int
) -> Float:
    """Mean scores of blocks of ``step × step`` tokens, before soft-cap and softmax.

    Args:
        layer: The captured module; its soft-cap is not applied (it is not linear).
        head: Which head.
        name: ``"content"``, ``"rotation"``, ``"bias"`` or ``"mask"``: of the last, the mean is
            over the visible cells, and a block without any is -inf.
        rows, cols: Queries and keys.
        step: Tokens per pixel.

    Returns:
        float32 ``[row blocks, column blocks]``.
    """
    row_edges, col_edges = edges(rows, step), edges(cols, step)
    back = name == "content"
    if back:
        q = queries(layer, head, np.arange(rows.start, rows.stop), back)
    else:
        q = layer.q[head, rows]  # no copy: of a long text it would cost more than the product
    k = keys(layer, head, cols, back)
    out = (_means(q, row_edges - rows.start) @ _means(k, col_edges - cols.start).T) * np.float32(
        layer.scaling
    )
    if name in {"bias", "mask"} and layer.bias is not None:
        out += mean_bias(layer, head, row_edges, col_edges)
    if name == "mask":
        _cut(layer, head, q, k, row_edges, col_edges, out)
    found: Float = out.astype(np.float32, copy=False)
    return found


def mean_bias(layer: LayerCapture, head: int, row_edges: Edges, col_edges: Edges) -> Float:
    """Mean bias of each block, ``[row blocks, column blocks]``."""
    if isinstance(layer.bias, DenseBias):
        values = layer.bias.values[head % layer.bias.values.shape[0]]
        values = values[row_edges[0, 0] : row_edges[-1, 1], col_edges[0, 0] : col_edges[-1, 1]]
        by_row = _means(values, row_edges - row_edges[0, 0])
        return _means(by_row.T, col_edges - col_edges[0, 0]).T
    assert layer.bias is not None
    shift = layer.mask.offset
    nearest = int(col_edges[0, 0] - (row_edges[-1, 1] - 1 + shift))
    farthest = int(col_edges[-1, 1] - 1 - (row_edges[0, 0] + shift))
    curve = distance_curve(layer.bias, head, np.arange(nearest, farthest + 1))
    assert curve is not None
    # Twice summed: the sum over a block is four look-ups, as in a summed-area table.
    once = np.concatenate([[0.0], np.cumsum(curve.astype(np.float64))])
    twice = np.concatenate([[0.0], np.cumsum(once)])
    r0, r1 = row_edges[:, :1] + shift, row_edges[:, 1:] + shift
    c0, c1 = col_edges[:, 0][None], col_edges[:, 1][None]

    def at(distance: Edges) -> NDArray[np.float64]:
        """Sum of ``once`` up to a key's end minus a query's end."""
        found: NDArray[np.float64] = twice[distance - nearest + 1]
        return found

    total = at(c1 - r0) - at(c1 - r1) - at(c0 - r0) + at(c0 - r1)
    cells = (r1 - r0) * (c1 - c0)
    found: Float = (total / cells).astype(np.float32)
    if getattr(layer.bias, "form", "") == "key":  # the model adds slope · j: undo the query's part
        slope = layer.bias.slopes[head]  # type: ignore[union-attr]
        found += np.float32(slope) * ((r0 + r1 - 1) / 2).astype(np.float32)
    return found


def visible_runs(mask: Mask, rows: slice, keys_count: int) -> tuple[Edges, Edges]:
    """First and one past the last key that each query sees, padding aside, ``[rows]`` each."""
    i = np.arange(rows.start, rows.stop) + mask.offset
    first = np.zeros_like(i)
    last = np.full_like(i, keys_count)
    if mask.kind != "full":
        last = np.minimum(i + 1, keys_count)
    if mask.kind == "prefix":
        last = np.where(i < mask.prefix, np.maximum(last, min(mask.prefix, keys_count)), last)
    if mask.kind == "window":
        first = np.maximum(0, i - mask.window + 1)
    return first, last


def _cut(
    layer: LayerCapture,
    head: int,
    q: Float,
    k: Float,
    row_edges: Edges,
    col_edges: Edges,
    out: Float,
) -> None:
    """Replace the blocks that the mask cuts by the mean of their visible cells, in place."""
    rows = slice(int(row_edges[0, 0]), int(row_edges[-1, 1]))
    cols = slice(int(col_edges[0, 0]), int(col_edges[-1, 1]))
    for r, (r0, r1) in enumerate(row_edges):
        seen = _shares(layer.mask, slice(int(r0), int(r1)), col_edges, layer.shape[1])
        out[r, seen == 0] = MASKED
        for c in np.flatnonzero((seen > 0) & (seen < 1)):
            c0, c1 = col_edges[c]
            block_rows, block_cols = slice(int(r0), int(r1)), slice(int(c0), int(c1))
            q_block = q[r0 - rows.start : r1 - rows.start]
            k_block = k[c0 - cols.start : c1 - cols.start]
            out[r, c] = _cut_block(layer, head, q_block, k_block, block_rows, block_cols)


def _cut_block(
    layer: LayerCapture, head: int, q: Float, k: Float, rows: slice, cols: slice
) -> float:
    mask = layer.mask
    if mask.painted is not None or (rows.stop - rows.start) * (cols.stop - cols.start) <= BY_CELLS:
        return _block_by_cells(layer, head, q, k, rows, cols)
    weight = np.ones(len(k)) if mask.visible is None else mask.visible[cols].astype(np.float64)
    sums = np.concatenate([np.zeros((1, k.shape[1])), np.cumsum(k * weight[:, None], axis=0)])
    counts = np.concatenate([[0.0], np.cumsum(weight)])
    first, last = visible_runs(mask, rows, layer.shape[1])
    first, last = first.clip(cols.start, cols.stop), last.clip(cols.start, cols.stop)
    last = np.maximum(first, last)
    begin, end = first - cols.start, last - cols.start
    total = float(np.einsum("id,id->", q, sums[end] - sums[begin])) * layer.scaling
    count = float((counts[end] - counts[begin]).sum())
    if layer.bias is not None:
        total += _bias_total(layer, head, rows, cols)
    return total / count


def _block_by_cells(
    layer: LayerCapture, head: int, q: Float, k: Float, rows: slice, cols: slice
) -> float:
    scores = (q @ k.T) * np.float32(layer.scaling)
    if layer.bias is not None:
        scores += bias_of(layer, head, rows, cols)
    seen = layer.mask.allowed(rows, cols)
    return float(scores[seen].mean(dtype=np.float64))


def _bias_total(layer: LayerCapture, head: int, rows: slice, cols: slice) -> float:
    """Sum of the bias over a block's visible cells, in strips that stay small."""
    total = 0.0
    strip = max(1, (1 << 20) // max(1, cols.stop - cols.start))
    for start in range(rows.start, rows.stop, strip):
        part = slice(start, min(rows.stop, start + strip))
        seen = layer.mask.allowed(part, cols)
        total += float(bias_of(layer, head, part, cols)[seen].sum(dtype=np.float64))
    return total


def _shares(mask: Mask, rows: slice, col_edges: Edges, keys_count: int) -> NDArray[np.float64]:
    """Share of visible cells of each block of a row of blocks, ``[column blocks]``."""
    if mask.painted is not None:
        part = mask.painted[rows, col_edges[0, 0] : col_edges[-1, 1]].mean(axis=0, dtype=np.float64)
        return _means(part[:, None].astype(np.float32), col_edges - col_edges[0, 0])[:, 0].astype(
            np.float64
        )
    first, last = visible_runs(mask, rows, keys_count)
    starts, stops = col_edges[:, 0], col_edges[:, 1]
    found = np.zeros(len(col_edges))
    reached = (last.max() > starts) & (first.min() < stops)
    if mask.visible is None:
        whole = (first.max() <= starts) & (last.min() >= stops)
        found[whole] = 1.0
        reached &= ~whole  # few are left: those on the edge of the mask
        counts = np.arange(keys_count + 1)
    else:
        counts = np.concatenate([[0], np.cumsum(mask.visible)])
    begin = np.maximum(first[:, None], starts[None, reached])
    end = np.maximum(begin, np.minimum(last[:, None], stops[None, reached]))
    cells = len(first) * (stops - starts)[reached]
    found[reached] = (counts[end] - counts[begin]).sum(axis=0) / cells
    return found


def _means(vectors: Float, blocks: Edges) -> Float:
    """Mean of consecutive vectors, ``[blocks, width]``; the last block may be shorter."""
    step = int(blocks[0, 1] - blocks[0, 0])
    whole = len(vectors) // step
    out = np.empty((len(blocks), vectors.shape[1]), np.float32)
    if whole:
        even = vectors[: whole * step].reshape(whole, step, vectors.shape[1])
        np.matmul(np.full((1, step), 1 / step, np.float32), even, out=out[:whole, None])
    if whole < len(blocks):
        out[-1] = vectors[whole * step :].mean(axis=0)
    return out
