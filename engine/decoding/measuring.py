"""What is known of each step beside the token: log-probability, entropy, the likeliest tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch

FLOOR = -1e4  # stands for log 0, so that 0 · log 0 is 0 and not NaN


@dataclass(frozen=True, slots=True)
class Measures:
    """Per row, as plain lists: what `TokenRecord` needs.

    Attributes:
        logprobs: Natural-log probability of the chosen token.
        entropies: Entropy of the whole distribution, in nats.
        top_ids: Likeliest tokens, most likely first.
        top_logprobs: Their natural-log probabilities.
    """

    logprobs: list[float]
    entropies: list[float]
    top_ids: list[list[int]]
    top_logprobs: list[list[float]]


def measure(logits: torch.Tensor, chosen: torch.Tensor, top: int) -> Measures:
    """Measure one step of all rows at once, in float32.

    Args:
        logits: ``[rows, vocabulary]``, float32, before any penalty, filter or temperature.
        chosen: int64 ``[rows]``.
        top: How many of the likeliest tokens to name.
    """
    logprobs = torch.log_softmax(logits, dim=-1).clamp_(min=FLOOR)
    entropy = -(logprobs.exp() * logprobs).sum(-1)
    best = logprobs.topk(min(top, logprobs.shape[-1]), dim=-1)
    picked = logprobs.gather(-1, chosen[:, None]).squeeze(-1)
    return Measures(picked.tolist(), entropy.tolist(), best.indices.tolist(), best.values.tolist())
