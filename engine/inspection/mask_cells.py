"""A chosen mask as cells. Free of torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.capture import Mask
from engine.inspection.inspect_spec import MOST_PAINTED, MaskChoice


def mask_cells(choice: MaskChoice, count: int, *, causal: bool) -> NDArray[np.bool_]:
    """Which keys each query sees, bool ``[tokens, tokens]``.

    Args:
        choice: The rule and what is painted over it.
        count: Tokens.
        causal: Whether the model's own rule is causal.

    Raises:
        BadSpec: The text is too long to paint on, or some token would see nothing.
    """
    if count > MOST_PAINTED:
        raise BadSpec(
            f"A mask can be changed for at most {MOST_PAINTED:,} tokens; there are {count:,}.",
            "Shorten the text.",
        )
    kind = ("causal" if causal else "full") if choice.kind == "own" else choice.kind
    rule = Mask(kind, prefix=choice.prefix, window=choice.window)
    seen = rule.allowed(slice(0, count), slice(0, count))
    for stroke in choice.strokes:
        seen[slice(*stroke.rows), slice(*stroke.cols)] = stroke.visible
    blind = np.flatnonzero(~seen.any(axis=1))
    if blind.size:
        raise BadSpec(
            f"Under this mask, token {blind[0]} sees no token at all.",
            "Let every token see at least itself.",
        )
    return seen


def leaks(seen: NDArray[np.bool_]) -> bool:
    """Whether some token sees a later one."""
    return bool(np.triu(seen, 1).any())
