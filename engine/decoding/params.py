"""How to choose the next token: values that travel in specs."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import BadSpec


@dataclass(frozen=True)
class Sampling:
    """Settings of one decoding run.

    Attributes:
        temperature: 0 = greedy (the other filters are then ignored).
        top_k: Keep the k likeliest tokens; 0 = all.
        top_p: Keep the smallest set with at least this probability mass; 1 = all.
        min_p: Drop tokens below this share of the likeliest token's probability; 0 = none.
        repetition_penalty: CTRL-style penalty on tokens already present; 1 = none.
        max_new_tokens: Upper bound of the answer's length in tokens.
        stop: Texts that end an answer; the text is cut before them.
        seed: Seed of the noise tape. Variants of one item share their noise.
        samples: Answers per cell (samples 0 … samples − 1).
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    max_new_tokens: int = 128
    stop: tuple[str, ...] = ()
    seed: int = 0
    samples: int = 1

    def check(self) -> None:
        """Raise `BadSpec` when a value is outside its range."""
        ranges = (
            ("temperature", 0.0 <= self.temperature <= 10.0, "0 to 10"),
            ("top-k", self.top_k >= 0, "0 or more"),
            ("top-p", 0.0 < self.top_p <= 1.0, "above 0, at most 1"),
            ("min-p", 0.0 <= self.min_p < 1.0, "0 to below 1"),
            ("repetition penalty", 0.0 < self.repetition_penalty <= 10.0, "above 0, at most 10"),
            ("max new tokens", 1 <= self.max_new_tokens <= 100_000, "1 to 100 000"),
            ("samples", 1 <= self.samples <= 1024, "1 to 1 024"),
        )
        for name, ok, allowed in ranges:
            if not ok:
                raise BadSpec(f"The {name} is outside its range.", f"Choose {allowed}.")
