"""The k-th smallest of many small groups at once, by comparing whole arrays. No torch here.

A network compares the same places whatever the values are, so each comparison is one operation
over all groups.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def smallest_of_each(members: Scores, place: int) -> Scores:
    """The ``place``-th smallest (from 1) of each group, ``[groups]``.

    Both halves are sorted; what follows needs no sort: the k-th smallest of two sorted lists a and
    b is ``min over i + j = k of max(a_i, b_j)``. Of eight members that are 27 operations, a
    bubble sort up to the fourth takes 44.

    Args:
        members: ``[m, groups]``, m ≥ 2, the rows contiguous; written to.
        place: 1 to m.
    """
    half = len(members) // 2
    one, two = _sorted(members[:half]), _sorted(members[half:])
    found: Scores | None = None
    for taken in range(max(0, place - len(two)), min(place, half) + 1):
        if taken == 0:
            top = two[place - 1]
        elif taken == place:
            top = one[place - 1]
        else:
            top = np.maximum(one[taken - 1], two[place - taken - 1])
        found = top if found is None else np.minimum(found, top)
    assert found is not None
    return found


def _sorted(members: Scores) -> list[Scores]:
    """The members of each group in ascending order, each ``[groups]``."""
    rows = list(members)
    spare = np.empty_like(rows[0])
    for low, high in exchanges(len(rows)):
        np.minimum(rows[low], rows[high], out=spare)
        np.maximum(rows[low], rows[high], out=rows[high])
        rows[low], spare = spare, rows[low]
    return rows


@lru_cache(maxsize=32)
def exchanges(size: int) -> tuple[tuple[int, int], ...]:
    """Pairs of places to compare and exchange, in order, so that ``size`` values are sorted.

    Batcher's merge exchange, for any size (Knuth, The Art of Computer Programming 3, 5.2.2 M).
    """
    pairs: list[tuple[int, int]] = []
    top = 1 << max(0, (size - 1).bit_length() - 1)
    bit = top if size > 1 else 0
    while bit:
        step, apart, rest = top, bit, 0
        while apart:
            pairs += [(i, i + apart) for i in range(size - apart) if i & bit == rest]
            apart, step, rest = step - bit, step >> 1, bit
        bit >>= 1
    return tuple(pairs)
