"""What is asked of the step loop: one request per answer. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decoding.params import Sampling


@dataclass(frozen=True)
class Request:
    """One answer to decode.

    Attributes:
        prompt_ids: The prompt's token ids.
        item: Key of the noise tape; variants of one item share their noise.
        sample: Which sample of the item; each has a noise tape of its own.
        forced: Answer tokens to keep (branching). They are reported like generated ones, with the
            log-probability, entropy and candidates that the model gave at their steps.
        sampling: How its tokens are chosen; None = as the run's other answers.
    """

    prompt_ids: tuple[int, ...]
    item: str = "0"
    sample: int = 0
    forced: tuple[int, ...] = ()
    sampling: Sampling | None = None
