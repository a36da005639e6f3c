"""Tokens per second at batch 1: two models in turns, and one of them against itself."""

from __future__ import annotations

import gc
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from engine.pruning.structured_spec import Speed

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PROMPT: Final = 16  # tokens that are read before the clock starts
DRAWS: Final = 2000
LEVEL: Final = 0.95


@torch.no_grad()
def compared(
    dense: PreTrainedModel,
    pruned: PreTrainedModel,
    prompt: Tensor,
    *,
    tokens: int,
    rounds: int,
    check: Callable[[], None],
) -> Speed:
    """Measure dense, smaller, dense again, in turns, so that a busy machine hits all alike.

    Args:
        dense: The whole model.
        pruned: The smaller one.
        prompt: Token ids ``[length]``; the first `PROMPT` are read.
        tokens: Tokens of each run.
        rounds: Runs of each.
        check: Called before each run; what it raises ends the measurement.
    """
    one: list[float] = []
    two: list[float] = []
    again: list[float] = []
    for model in (dense, pruned):
        _rate(model, prompt, tokens)  # warm up
    for turn in range(rounds):
        order = [(dense, one), (pruned, two), (dense, again)]
        for model, kept in order if turn % 2 else order[::-1]:
            check()
            kept.append(_rate(model, prompt, tokens))
    gain, noise = verdict(one, two, again)
    return Speed(
        dense=statistics.median(one),
        again=statistics.median(again),
        pruned=statistics.median(two),
        gain=gain,
        noise=noise,
        rounds=rounds,
        tokens=tokens,
    )


def verdict(
    dense: Sequence[float], pruned: Sequence[float], again: Sequence[float]
) -> tuple[float, float]:
    """(gain, noise) of rates measured in rounds.

    The gain is the median of the rounds' ratios, against the geometric mean of the two dense runs
    around the smaller one: a machine that grows slower meanwhile cancels out. The noise is how far
    from 1 the median of the dense model against itself strays in 95 % of resampled rounds.
    """
    rounds = zip(dense, pruned, again, strict=True)
    gain = statistics.median(p / math.sqrt(d * a) for d, p, a in rounds)
    same = [a / d for a, d in zip(again, dense, strict=True)]
    rng = random.Random(0)
    strays = sorted(
        abs(statistics.median(rng.choices(same, k=len(same))) - 1) for _ in range(DRAWS)
    )
    return gain, strays[min(DRAWS - 1, int(LEVEL * DRAWS))]


def _rate(model: PreTrainedModel, prompt: Tensor, tokens: int) -> float:
    """Greedy tokens per second after a prompt, one sequence, with a KV cache."""
    from transformers import DynamicCache

    read = prompt[None, :PROMPT].to(model.device)
    cache = DynamicCache(config=model.config)
    found = model(input_ids=read, past_key_values=cache, use_cache=True)
    collecting = gc.isenabled()
    gc.disable()  # as in `timeit`: what others left is not collected meanwhile
    try:
        _wait(model)
        start = time.perf_counter()
        for _ in range(tokens):
            best = found.logits[:, -1:].argmax(-1)
            found = model(input_ids=best, past_key_values=found.past_key_values, use_cache=True)
        _wait(model)
        return tokens / (time.perf_counter() - start)
    finally:
        if collecting:
            gc.enable()


def _wait(model: PreTrainedModel) -> None:
    """Until the device has done what it was given."""
    if model.device.type == "cuda":
        torch.cuda.synchronize(model.device)
