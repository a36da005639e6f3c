"""Reading long prompts: in chunks, over a cache whose beginning serves several questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import torch
from transformers.cache_utils import DynamicCache

from engine.decoding.interrupt import interruptible

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.cache_utils import Cache

CHUNK: Final = 1024
"""Tokens per forward pass: what a pass needs in memory grows with it, what it computes does not."""


class Reader:
    """A model and a cache that grows.

    Args:
        model: In eval mode, with its method in force.
        check: Called before each layer.
        chunk: Tokens per forward pass; 0 = all at once.
        cache: An empty cache; None = a growing one that keeps everything.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        check: Callable[[], None],
        chunk: int = CHUNK,
        cache: Cache | None = None,
    ) -> None:
        self.model = model
        self.cache: Cache = DynamicCache() if cache is None else cache
        self._check = check
        self._chunk = chunk

    def read(self, ids: Sequence[int], kept: int = 1) -> torch.Tensor:
        """Go on with these tokens.

        Args:
            ids: At least one.
            kept: How many of the last tokens' logits to return.

        Returns:
            float32 ``[kept, vocabulary]``.
        """
        step = self._chunk or len(ids)
        last: list[torch.Tensor] = []
        for start in range(0, len(ids), step):
            part = torch.tensor([ids[start : start + step]], device=self.model.device)
            wanted = max(1, kept - (len(ids) - start - part.shape[1]))
            with torch.no_grad(), interruptible(self.model, self._check):
                out = self.model(
                    input_ids=part,
                    past_key_values=self.cache,
                    use_cache=True,
                    logits_to_keep=min(wanted, part.shape[1]),
                )
            last = [*last, out.logits[0].float()] if start + part.shape[1] > len(ids) - kept else []
        return torch.cat(last)[-kept:]

    def back(self, length: int) -> None:
        """Forget everything after the first `length` tokens."""
        extra = self.cache.get_seq_length() - length
        if extra > 0:
            self.cache.crop(-extra)

    @property
    def bytes(self) -> int:
        """Of the keys and values that are kept."""
        return cache_bytes(self.cache)


def cache_bytes(cache: Cache) -> int:
    """Bytes of a cache's tensors, quantised ones included."""
    total = 0
    for layer in cache.layers:
        for name in ("keys", "values", "_quantized_keys", "_quantized_values"):
            held = getattr(layer, name, None)
            for one in held if isinstance(held, tuple) else (held,):
                if isinstance(one, torch.Tensor):
                    total += one.numel() * one.element_size()
    return total
