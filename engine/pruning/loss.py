"""The loss of a model on fixed windows: the same ones before and after an edit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from engine.pruning.passages import Passages
from engine.pruning.prune_spec import Loss

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TOGETHER = 16  # windows per forward


@torch.no_grad()
def loss(model: PreTrainedModel, text: Passages, check: Callable[[], None]) -> Loss:
    """Mean NLL of the scored tokens, each predicted from all before it in its window.

    Args:
        model: In eval mode.
        text: The windows.
        check: Called before each forward; what it raises ends the measurement.
    """
    sums: list[float] = []
    counts: list[int] = []
    for start in range(0, len(text.ids), TOGETHER):
        check()
        part = slice(start, start + TOGETHER)
        ids = text.ids[part].to(model.device)
        real = text.real[part].to(model.device)
        scored = text.scored[part, 1:].to(model.device)
        logits = model(input_ids=ids, attention_mask=real.long(), use_cache=False).logits
        nll = F.cross_entropy(
            logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten(), reduction="none"
        ).view(len(ids), -1)
        sums += (nll * scored).sum(1).tolist()
        counts += scored.sum(1).tolist()
    return _mean(sums, counts)


def _mean(sums: list[float], counts: list[int]) -> Loss:
    """Ratio of totals with the standard error of a ratio over windows."""
    tokens = sum(counts)
    nll = sum(sums) / tokens
    spread = sum((s - nll * n) ** 2 for s, n in zip(sums, counts, strict=True))
    windows = len(sums)
    error = math.sqrt(spread * windows / max(1, windows - 1)) / tokens
    return Loss(nll=nll, error=error, windows=windows, tokens=tokens)
