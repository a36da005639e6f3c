"""What is kept of each generated token, and of each answer: values without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FinishReason = Literal["stop-token", "stop-text", "length", "context", "cancelled"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the likeliest next tokens: natural-log probability before any filter."""

    id: int
    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """One generated token.

    Attributes:
        id: Token id.
        text: The text it adds (may be empty while a multi-byte character is incomplete).
        logprob: Natural-log probability the model gave it (full softmax, temperature 1, no filter).
        entropy: Entropy in nats of the model's full next-token distribution at this step.
        top: The five likeliest tokens at this step, most likely first.
    """

    id: int
    text: str
    logprob: float
    entropy: float
    top: tuple[Candidate, ...]


@dataclass(frozen=True)
class Generation:
    """One answer.

    Attributes:
        text: The decoded answer without special tokens, cut before a stop text.
        tokens: Every generated token, the stop token included.
        finish: Why it ended; ``"cancelled"`` = it was no longer wanted and ends where it stood.
        prompt_tokens: Length of the prompt in tokens.
        reused_tokens: How many of them came from a shared prefix's cache.
        first_token_ms: From the start of this answer's prefill to its first token.
        total_ms: From the start of this answer's prefill to its last token.
        batch_size: Most rows that were decoded together with it (1 = alone).
    """

    text: str
    tokens: tuple[TokenRecord, ...]
    finish: FinishReason
    prompt_tokens: int
    reused_tokens: int
    first_token_ms: float
    total_ms: float
    batch_size: int
