"""The loss of a model on fixed windows: the same ones before and after an edit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from engine.errors import UnsupportedModel
from engine.models.anatomy import structure_of
from engine.models.architecture import text_config
from engine.models.logits import keeps_logits
from engine.pruning.passages import Passages
from engine.pruning.prune_spec import Loss

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TOGETHER = 16
"""Most windows per forward."""
LOGITS_BYTES = 2**29
"""Most bytes that the float32 logits of one forward may take, unless one window takes more."""


@dataclass(frozen=True)
class Losses:
    """The loss of every window.

    Attributes:
        sums: Negative log-likelihood of the scored tokens of each window, nats.
        counts: How many these are.
    """

    sums: tuple[float, ...]
    counts: tuple[int, ...]

    def mean(self, part: slice = slice(None)) -> Loss:
        """Ratio of totals over some windows, with the standard error of a ratio over windows."""
        sums, counts = self.sums[part], self.counts[part]
        tokens = sum(counts)
        nll = sum(sums) / tokens
        spread = sum((s - nll * n) ** 2 for s, n in zip(sums, counts, strict=True))
        windows = len(sums)
        error = math.sqrt(spread * windows / max(1, windows - 1)) / tokens
        return Loss(nll=nll, error=error, windows=windows, tokens=tokens)

    def above(self, other: Losses, part: slice = slice(None)) -> tuple[float, float]:
        """(mean NLL above another's on the same windows, its standard error paired by window)."""
        tokens = sum(self.counts[part])
        apart = [a - b for a, b in zip(self.sums[part], other.sums[part], strict=True)]
        mean = sum(apart) / tokens
        pairs = zip(apart, self.counts[part], strict=True)
        spread = sum((difference - mean * n) ** 2 for difference, n in pairs)
        windows = len(apart)
        return mean, math.sqrt(spread * windows / max(1, windows - 1)) / tokens


def loss(model: PreTrainedModel, text: Passages, check: Callable[[], None]) -> Loss:
    """Mean NLL of the scored tokens; see `losses`."""
    return losses(model, text, check).mean()


@torch.no_grad()
def losses(model: PreTrainedModel, text: Passages, check: Callable[[], None]) -> Losses:
    """NLL of the scored tokens of every window, each predicted from all before it in its window.

    Args:
        model: In eval mode.
        text: The windows, padded at the end.
        check: Called before each forward; what it raises ends the measurement.

    Raises:
        UnsupportedModel: The model predicts no next token.
    """
    check_predicts(model)
    lengths = text.real.sum(1)
    order = lengths.argsort(descending=True, stable=True)  # windows of like length together
    sums, counts = [0.0] * len(order), [0] * len(order)
    together, keeps = _together(model, text), keeps_logits(model)
    for start in range(0, len(order), together):
        check()
        places = order[start : start + together]
        longest = int(lengths[places].max())  # what is padding in all of them is not computed
        ids = text.ids[places, :longest].to(model.device)
        real = text.real[places, :longest].to(model.device)
        scored = text.scored[places, 1:longest].to(model.device)
        read = scored.any(0).nonzero().flatten()  # [places]: the next token counts in some window
        inputs = {"input_ids": ids, "attention_mask": real.long(), "use_cache": False}
        if keeps:
            logits = model(**inputs, logits_to_keep=read).logits  # [windows, places, vocabulary]
        else:
            logits = model(**inputs).logits[:, read]
        nll = F.cross_entropy(
            logits.flatten(0, 1).float(), ids[:, 1:][:, read].flatten(), reduction="none"
        ).view(len(ids), len(read))
        scored = scored[:, read]
        for place, total, count in zip(
            places.tolist(), (nll * scored).sum(1).tolist(), scored.sum(1).tolist(), strict=True
        ):
            sums[place], counts[place] = total, count
    return Losses(tuple(sums), tuple(counts))


def predicts(model: PreTrainedModel) -> bool:
    """Whether it says the next token of a text: encoders and encoder-decoders do not."""
    return structure_of(model.config) not in {"encoder", "encoder-decoder"}


def check_predicts(model: PreTrainedModel) -> None:
    """Raise `UnsupportedModel` where there is no next token, so no such loss."""
    if not predicts(model):
        structure = structure_of(model.config)
        raise UnsupportedModel(
            f"The loss of next tokens says nothing about “{model.config.model_type}”: "
            f"it is an {structure}.",
            "Prune it with 0 windows measured, or choose a decoder.",
        )


def _together(model: PreTrainedModel, text: Passages) -> int:
    """Windows per forward, so that their logits fit."""
    one = text.ids.shape[1] * int(text_config(model.config).vocab_size) * 4
    return max(1, min(TOGETHER, LOGITS_BYTES // one))
