"""Many small pictures of heads as one image, in plain numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workbench.plots.colour_maps import MASKED, Bytes, Scale, quantise

GAP: Final = 3


def compose(heads: NDArray[np.uint8], order: Sequence[int], columns: int, gap: int = GAP) -> Bytes:
    """Put small pictures into one.

    Args:
        heads: ``[heads, size, size]``, bytes of a colour table.
        order: Which picture stands at each place, row after row.
        columns: Places in a row.
        gap: Transparent pixels between them.

    Returns:
        uint8 ``[rows · (size + gap), columns · (size + gap)]``.
    """
    size, pitch = heads.shape[1], heads.shape[1] + gap
    rows = -(-len(order) // columns)
    cells = np.full((rows * columns, pitch, pitch), MASKED, np.uint8)
    if len(order):
        cells[: len(order), :size, :size] = heads[np.asarray(order)]
    by_row = cells.reshape(rows, columns, pitch, pitch).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(by_row.reshape(rows * pitch, columns * pitch))


def coloured(thumbnails: NDArray[np.float32], shared: bool) -> Bytes:
    """Thumbnails ``[heads, size, size]`` as bytes; hidden and exact zeros are transparent.

    Args:
        thumbnails: Weights; 0 where the mask hides.
        shared: One scale for all heads, or each its own.
    """
    hidden = ~(thumbnails > 0)
    if shared:
        top = float(thumbnails.max(initial=0.0)) or 1.0
        return quantise(thumbnails, Scale(0.0, top), hidden)
    top = thumbnails.reshape(len(thumbnails), -1).max(axis=1, initial=0.0)
    scaled = thumbnails / np.where(top > 0, top, 1.0)[:, None, None]
    return quantise(scaled, Scale(0.0, 1.0), hidden)
