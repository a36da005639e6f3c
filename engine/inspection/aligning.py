"""Which token of one prompt belongs to which of another."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray


def aligned(clean: Sequence[int], corrupted: Sequence[int]) -> NDArray[np.int32]:
    """Per corrupted token the place of its clean one, or -1; int32 ``[corrupted tokens]``.

    Prompts of equal length belong together token by token. Otherwise equal stretches do, and
    replaced stretches of equal length; the last tokens always belong together.
    """
    if len(clean) == len(corrupted):
        return np.arange(len(clean), dtype=np.int32)
    found = np.full(len(corrupted), -1, np.int32)
    matcher = SequenceMatcher(None, clean[:-1], corrupted[:-1], autojunk=False)
    for kind, first, last, start, stop in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and last - first == stop - start):
            found[start:stop] = np.arange(first, last)
    found[-1] = len(clean) - 1
    return found
