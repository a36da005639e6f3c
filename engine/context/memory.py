"""Memory of a long text before it is read: the keys and values that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.devices import BYTES_PER_VALUE
from engine.models.forecast import kv_bytes

if TYPE_CHECKING:
    from engine.models.architecture import Shape

QUANTO_BYTES: Final = 0.5 + 4 / 64
"""4-bit values and a float16 scale and shift per 64 of them."""


def cache_bytes(shape: Shape, tokens: int, dtype: str, cache: str = "full", kept: int = 0) -> int:
    """Bytes of the keys and values of one text.

    Args:
        shape: Sizes of the model.
        tokens: Of the text and its answer.
        dtype: Number format of the cache.
        cache: Kind of cache, see `engine.context.cache_names`.
        kept: Tokens that an evicting cache keeps.
    """
    stays = min(tokens, kept) if cache == "evicting" and kept else tokens
    full = kv_bytes(shape, stays, dtype)
    values = full // BYTES_PER_VALUE[dtype]
    held = {
        "fp8": values,
        "quanto": round(values * QUANTO_BYTES),
        "hqq": round(values * QUANTO_BYTES),
    }
    return held.get(cache, full)
