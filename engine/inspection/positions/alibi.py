"""Linear biases (ALiBi, Press et al. 2022): slopes, the triangle, how far a head still sees."""

from __future__ import annotations

from math import floor, log2

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.capture import Alibi, Float, LayerCapture
from engine.inspection.stages import check_head

Slopes = NDArray[np.float64]


def textbook_slopes(heads: int) -> Slopes:
    """m_h = 2^(−8h/n), h = 1 … n: a geometric row from 2^(−8/n) to 1/256 for any n.

    Returns:
        float64 ``[heads]``.

    Raises:
        BadSpec: No heads.
    """
    _some(heads)
    return np.asarray(2.0 ** (-8 * np.arange(1, heads + 1) / heads), np.float64)


def released_slopes(heads: int) -> Slopes:
    """The slopes that Bloom, MPT and Falcon use, from the authors' code.

    For a power of two the textbook's. Otherwise those of the power of two below, followed by
    every other one of the power of two above: 12 heads have the 8 of n = 8 and then the 1st, 3rd,
    5th and 7th of n = 16.
    """
    _some(heads)
    below = 2 ** floor(log2(heads))
    return np.concatenate([textbook_slopes(below), textbook_slopes(2 * below)[::2]])[:heads]


def triangle(tokens: int) -> NDArray[np.int64]:
    """−(i − j) for every key j that query i sees, as drawn on the slide; 0 above the diagonal.

    Multiply by a head's slope for what is added. The part above the diagonal is masked.
    """
    i = np.arange(tokens)
    return np.asarray(np.minimum(0, i[None, :] - i[:, None]), np.int64)


def alibi_of(layer: LayerCapture) -> Alibi:
    """The linear bias of a layer. Raises `BadSpec` when it has none."""
    if not isinstance(layer.bias, Alibi):
        raise BadSpec(
            f"Layer {layer.layer} adds no linear bias.", "Choose a model with ALiBi, such as Bloom."
        )
    return layer.bias


def added(layer: LayerCapture, head: int, rows: slice, cols: slice) -> Float:
    """What ALiBi adds to a rectangle of scores, −slope·(i − j), float32 ``[rows, cols]``.

    A model that writes slope·j instead differs by a constant per row, which no softmax sees.

    Raises:
        BadSpec: The layer has no linear bias or no such head.
    """
    check_head(layer, head)
    slope = alibi_of(layer).slopes[head]
    i = np.arange(rows.start, rows.stop)[:, None] + layer.mask.offset
    j = np.arange(cols.start, cols.stop)[None, :]
    return np.asarray(-slope * (i - j), np.float32)


def effective_window(slopes: Slopes, nats: float = 5.0) -> NDArray[np.float64]:
    """Distance at which the bias reaches −nats, ``[heads]``: x/slope.

    A key that far away weighs e^(−nats) of an equally matching one at hand (5 nats: 0.7 %).
    Infinite for a slope of 0.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(nats / slopes, np.float64)


def _some(heads: int) -> None:
    if heads < 1:
        raise BadSpec("ALiBi needs at least one head.", "Choose one or more.")
