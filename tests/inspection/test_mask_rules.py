"""Masks of a text that was read in pieces, against the mask of the whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.inspection.masking import joined, rule_of

COUNT, PIECE = 40, 16
QUERY, KEY = np.arange(COUNT)[:, None], np.arange(COUNT)[None, :]
CAUSAL = np.tri(COUNT, dtype=bool)
CHUNKED = CAUSAL & (QUERY // 10 == KEY // 10)  # no rule that is known
WINDOWED = CAUSAL & (QUERY - KEY < 9)
PADDED = CAUSAL & (KEY != 5)


@pytest.mark.parametrize("whole", [CAUSAL, WINDOWED, CHUNKED, PADDED])
def test_pieces_make_the_whole_mask(whole: np.ndarray) -> None:
    pieces = []
    for start in range(0, COUNT, PIECE):
        stop = min(COUNT, start + PIECE)
        part = torch.from_numpy(whole[start:stop, :stop])
        pieces.append((rule_of(part, stop - start, stop, start, True), stop - start))
    every = slice(0, COUNT)
    np.testing.assert_array_equal(joined(pieces).allowed(every, every), whole)
