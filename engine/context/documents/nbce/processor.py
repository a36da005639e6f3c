"""NBCE inside the library's own `generate`: one logits processor over a batch of contexts."""

from __future__ import annotations

import torch
from transformers import LogitsProcessor

from engine.context.documents.nbce.pooling import Pooling, Rule


class NbceProcessor(LogitsProcessor):  # type: ignore[misc, unused-ignore]
    """Gives every row of a batch the pooled scores, so that all take the same token.

    Use it with a left-padded batch whose row 0 asks without a context and whose other rows hold
    one context each, and with greedy decoding: ``model.generate(...,
    logits_processor=LogitsProcessorList([NbceProcessor(rule, contexts)]))``.

    Args:
        rule: The weights.
        contexts: Rows but the first.

    Attributes:
        pooling: Who decided each token.
    """

    def __init__(self, rule: Rule, contexts: int) -> None:
        self.pooling = Pooling(rule, contexts)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """``[1 + contexts, vocabulary]`` → the same shape, all rows alike."""
        found = self.pooling.step(scores)
        return found.scores.to(scores.dtype).expand_as(scores).contiguous()
