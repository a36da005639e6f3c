"""What is kept of each generated token, and of each answer: values without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        forced: First and one past the last of the tokens that were put there, not chosen by the
            model (the sentence that asks for the answer); equal = none.
        lead: Where these stand in the text (characters); an answer is read after them.
    """

    text: str
    tokens: tuple[TokenRecord, ...]
    finish: FinishReason
    prompt_tokens: int
    reused_tokens: int
    first_token_ms: float
    total_ms: float
    batch_size: int
    forced: tuple[int, int] = (0, 0)
    lead: tuple[int, int] = (0, 0)

    @property
    def chosen(self) -> tuple[TokenRecord, ...]:
        """The tokens that the model chose itself."""
        first, end = self.forced
        return self.tokens[:first] + self.tokens[end:] if first < end else self.tokens

    @property
    def logprob(self) -> float:
        """Summed natural-log probability of the chosen tokens."""
        return sum(token.logprob for token in self.chosen)

    @property
    def mean_logprob(self) -> float | None:
        """Mean natural-log probability of a chosen token; None without any."""
        chosen = self.chosen
        return self.logprob / len(chosen) if chosen else None


def with_forced(generation: Generation, first: int, end: int) -> Generation:
    """The answer with its tokens from `first` to `end` (exclusive) marked as put there."""
    tokens = generation.tokens
    end = min(end, len(tokens))
    before = sum(len(token.text) for token in tokens[:first])
    after = before + sum(len(token.text) for token in tokens[first:end])
    whole = len(generation.text)  # shorter than its tokens where a stop text cut it
    return replace(generation, forced=(first, end), lead=(min(before, whole), min(after, whole)))
