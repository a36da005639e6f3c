"""One head's attention as a stack of stages, each from the real queries and keys.

content (q and k turned back) → rotation's effect → + bias → + mask → soft-cap → softmax with
sink. A stage holds the values after it; `explain` takes one cell apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.biases import bias_at
from engine.inspection.capture import Float, LayerCapture
from engine.inspection.rotation import unrotated
from engine.inspection.softmax import MASKED, Real, weights_of

Stage = Literal["content", "rotation", "bias", "mask", "softcap", "softmax"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
EXACT_CELLS: Final = 1 << 17  # of a rectangle that is computed in float64


@dataclass(frozen=True)
class Term:
    """A summand of one cell's score.

    Attributes:
        name: ``"content"``, ``"rotation"``, ``"bias"``, ``"softcap"`` or ``"mask"``.
        value: What it adds; -inf of a mask that hides the cell.
    """

    name: Stage
    value: float


@dataclass(frozen=True)
class Cell:
    """One cell spelled out.

    Attributes:
        terms: Their sum is the score.
        score: After bias, mask and soft-cap.
        lse: Log-sum-exp of the row, sink included.
        weight: ``exp(score - lse)``.
    """

    terms: tuple[Term, ...]
    score: float
    lse: float
    weight: float


def stages_of(layer: LayerCapture) -> tuple[Stage, ...]:
    """The stages that change something in this layer; the others repeat the one before."""
    has = {
        "content": True,
        "rotation": layer.rotation is not None,
        "bias": layer.bias is not None,
        "mask": layer.mask.kind != "full"
        or layer.mask.visible is not None
        or layer.mask.painted is not None,
        "softcap": layer.softcap is not None,
        "softmax": True,
    }
    return tuple(name for name in STAGES if has[name])


def stage(layer: LayerCapture, head: int, name: Stage, rows: slice, cols: slice) -> Float:
    """The values of a rectangle after a stage.

    Args:
        layer: The captured attention module.
        head: Which of its heads.
        name: One of `STAGES`.
        rows, cols: Queries and keys; open ends mean the first and the last.

    Returns:
        float32 ``[rows, cols]``. From ``"mask"`` on a hidden score is -inf and a hidden weight 0.

    Raises:
        BadSpec: There is no such head or stage.
    """
    rows, cols = clipped(rows, layer.shape[0]), clipped(cols, layer.shape[1])
    return stage_at(layer, head, name, np.arange(rows.start, rows.stop), cols)


def stage_at(
    layer: LayerCapture, head: int, name: Stage, rows: NDArray[np.int64], cols: slice
) -> Float:
    """The same for single queries, ``[rows, cols]``; `cols` has both ends."""
    check_head(layer, head)
    if name not in STAGES:
        raise BadSpec(f"There is no stage “{name}”.", f"Choose one of: {', '.join(STAGES)}.")
    found: Float = _after(layer, head, name, rows, cols).astype(np.float32, copy=False)
    return found


def _after(
    layer: LayerCapture, head: int, name: Stage, rows: NDArray[np.int64], cols: slice
) -> Real:
    scores = products(layer, head, rows, cols, turned_back=name == "content")
    if name in {"content", "rotation"}:
        return scores
    if layer.bias is not None:
        scores += bias_at(layer, head, rows, cols)
    if name == "bias":
        return scores
    if layer.softcap is not None and name != "mask":
        scores = capped(scores, layer.softcap)
    if hides(layer, rows, cols):
        scores[~layer.mask.allowed_at(rows, cols)] = MASKED
    if name != "softmax":
        return scores
    return weights_of(scores, layer.lse[head, rows])


def explain(layer: LayerCapture, head: int, i: int, j: int) -> Cell:
    """Take the cell of query `i` and key `j` apart; the terms sum to the score.

    Raises:
        BadSpec: There is no such head, query or key.
    """
    check_head(layer, head)
    queries, keys = layer.shape
    if not (0 <= i < queries and 0 <= j < keys):
        raise BadSpec(
            f"There is no cell ({i}, {j}): the head has {queries} queries and {keys} keys.",
            "Choose one inside it.",
        )
    rows, cols = np.array([i]), slice(j, j + 1)
    content = _one(products(layer, head, rows, cols, turned_back=True))
    turned = _one(products(layer, head, rows, cols))
    bias = _one(bias_at(layer, head, rows, cols))
    terms = [Term("content", content)]
    if layer.rotation is not None:
        terms.append(Term("rotation", turned - content))
    if layer.bias is not None:
        terms.append(Term("bias", bias))
    score = turned + bias
    if layer.softcap is not None:
        after = float(layer.softcap * np.tanh(score / layer.softcap))
        terms.append(Term("softcap", after - score))
        score = after
    if not bool(layer.mask.allowed_at(rows, cols)[0, 0]):
        terms.append(Term("mask", float("-inf")))
        score = float("-inf")
    lse = float(layer.lse[head, i])
    return Cell(tuple(terms), score, lse, float(np.exp(score - lse)))


def products(
    layer: LayerCapture,
    head: int,
    rows: NDArray[np.int64],
    cols: slice,
    *,
    turned_back: bool = False,
) -> Real:
    """q·k · scaling of some queries, ``[rows, cols]``; with `turned_back`, before the rotation.

    A rectangle of the size of a tile is computed in float64: scores of 60 and more, as trained
    models have them, would lose the fifth digit of their weights in float32.
    """
    q, k = queries(layer, head, rows, turned_back), keys(layer, head, cols, turned_back)
    if len(q) * len(k) <= EXACT_CELLS:
        return (q.astype(np.float64) @ k.T.astype(np.float64)) * layer.scaling
    out: Float = q @ k.T
    out *= np.float32(layer.scaling)
    return out


def queries(
    layer: LayerCapture, head: int, rows: NDArray[np.int64], turned_back: bool = False
) -> Float:
    """Queries of a head, ``[rows, head_dim]``."""
    q: Float = layer.q[head, rows]
    if turned_back and layer.rotation is not None:
        return unrotated(q, layer.rotation, layer.rotation.positions[rows + layer.mask.offset])
    return q


def keys(layer: LayerCapture, head: int, cols: slice, turned_back: bool = False) -> Float:
    """Keys that a head reads, ``[cols, head_dim]``."""
    k: Float = layer.k[layer.key_head(head), cols]
    if turned_back and layer.rotation is not None:
        k = unrotated(k, layer.rotation, layer.rotation.positions[cols.start : cols.stop])
    return k


def hides(layer: LayerCapture, rows: NDArray[np.int64], cols: slice) -> bool:
    """Whether the mask hides anything in the rectangle; False only when it surely does not."""
    mask = layer.mask
    if mask.painted is not None or mask.visible is not None or mask.kind == "window":
        return True
    return mask.kind != "full" and cols.stop - 1 > int(rows.min(initial=0)) + mask.offset


def capped(scores: Real, softcap: float) -> Real:
    """``softcap · tanh(s / softcap)`` (Gemma 2)."""
    out = scores / softcap
    np.tanh(out, out=out)
    out *= softcap
    return out


def clipped(part: slice, size: int) -> slice:
    """The slice with both ends, inside ``0 … size``."""
    start = 0 if part.start is None else max(0, min(size, part.start))
    stop = size if part.stop is None else max(start, min(size, part.stop))
    return slice(start, stop)


def check_head(layer: LayerCapture, head: int) -> None:
    """Raise `BadSpec` when the layer has no such head."""
    if not 0 <= head < layer.heads:
        raise BadSpec(
            f"There is no head {head} in layer {layer.layer}: it has {layer.heads}, from 0.",
            "Choose one of these.",
        )


def _one(values: Real) -> float:
    return float(values[0, 0])
