"""Figures of one decoding run: where its time went and what sharing saved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class DecodeStats:
    """Filled in while `decode` runs.

    Attributes:
        rows: Most rows decoded together, as planned.
        reason: Why that many.
        steps: Decoding steps (one token for every row each).
        prefills: Forward passes over prompts, shared prefixes included.
        prompt_tokens: Tokens of all prompts.
        computed_tokens: Prompt tokens that went through the model, recomputed ones included.
        reused_tokens: Prompt tokens taken from a shared prefix's cache.
        new_tokens: Tokens of all answers.
        prefill_s: Seconds in prompts' forward passes and in placing their keys and values.
        forward_s: Seconds in the steps' forward passes.
        choose_s: Seconds in measuring and choosing tokens.
        record_s: Seconds in texts, records and callbacks.
    """

    rows: int = 0
    reason: str = ""
    steps: int = 0
    prefills: int = 0
    prompt_tokens: int = 0
    computed_tokens: int = 0
    reused_tokens: int = 0
    new_tokens: int = 0
    prefill_s: float = 0.0
    forward_s: float = 0.0
    choose_s: float = 0.0
    record_s: float = 0.0
