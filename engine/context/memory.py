"""Memory of a long text before it is read: cache, logits, and the scores of a block of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.devices import BYTES_PER_VALUE
from engine.models.forecast import kv_bytes

if TYPE_CHECKING:
    from engine.models.architecture import Shape

QUANTO_BYTES: Final = 0.5 + 4 / 64
"""4-bit values and a float16 scale and shift per 64 of them."""
QUERIES: Final = 256
"""Queries per block of our attention function."""


@dataclass(frozen=True)
class LengthForecast:
    """What one length needs, in bytes.

    Attributes:
        tokens: The length.
        cache: Keys and values that stay.
        scores: One block's scores in float32, where the rule writes them out; 0 for fused kernels.
        logits: Of the one position that is kept.
        all_logits: What keeping the logits of every position would need instead.
    """

    tokens: int
    cache: int
    scores: int
    logits: int
    all_logits: int

    @property
    def total(self) -> int:
        return self.cache + self.scores + self.logits


def forecast_length(
    shape: Shape, tokens: int, dtype: str, cache: str = "full", kept: int = 0, rules: bool = False
) -> LengthForecast:
    """Forecast one length.

    Args:
        shape: Sizes of the model.
        tokens: Of the text and its answer.
        dtype: Number format of the cache.
        cache: Kind of cache, see `engine.context.cache_names`.
        kept: Tokens that an evicting cache keeps.
        rules: Whether a rule of attention is in force.
    """
    stays = min(tokens, kept) if cache == "evicting" and kept else tokens
    full = kv_bytes(shape, stays, dtype)
    values = full // BYTES_PER_VALUE[dtype]
    held = {
        "fp8": values,
        "quanto": round(values * QUANTO_BYTES),
        "hqq": round(values * QUANTO_BYTES),
    }
    block = min(tokens, QUERIES) * tokens * shape.heads * 4 if rules else 0
    return LengthForecast(
        tokens=tokens,
        cache=held.get(cache, full),
        scores=block,
        logits=shape.vocabulary * 4,
        all_logits=tokens * shape.vocabulary * 4,
    )
