"""Sliding-window perplexity: the same tokens predicted from more and more of what precedes them.

Windows of N tokens move by a stride, and only the tokens of the last stride are scored (Press et
al. 2022, appendix B). Every length scores the very same tokens, so rows differ by context alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Final

import torch
from torch.nn import functional as F

from engine.context.probes.reading import CHUNK, Reader
from engine.context.scaling.live import preserved
from engine.teaching.chat import BOS
from engine.text_source import TEACHING, TextSource, text_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SEED_TEXT: Final = "probe text"


@dataclass(frozen=True)
class Stream:
    """One long text.

    Attributes:
        ids: Its tokens.
        scored: Whether a token counts; of lessons only answers do.
    """

    ids: tuple[int, ...]
    scored: tuple[bool, ...]

    def ends(self, longest: int, stride: int, windows: int) -> tuple[int, ...]:
        """Where windows end: after `longest` tokens and every stride from there on."""
        found = range(longest, len(self.ids) + 1, stride)
        return tuple(found[:windows])


@dataclass(frozen=True)
class Scored:
    """Perplexity of some tokens. `perplexity` is exp of the mean over `tokens`."""

    perplexity: float
    tokens: int


def stream(
    source: TextSource, tokenizer: PreTrainedTokenizerBase, tokens: int, seed: int
) -> Stream:
    """A text of up to `tokens` tokens: one lesson after another, or the beginning of a file.

    Raises:
        DataError: The data set cannot be read.
        BadSpec: The file cannot be read.
    """
    if source.path != TEACHING:
        text, _ = text_of(source)
        ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"][:tokens]
        return Stream(tuple(ids), (True,) * len(ids))
    return _lessons(tokenizer, tokens, seed)


def _lessons(tokenizer: PreTrainedTokenizerBase, tokens: int, seed: int) -> Stream:
    from engine.teaching.curriculum import lesson

    rng = random.Random(f"{SEED_TEXT}|{seed}")
    answers_only = len(tokenizer(BOS, add_special_tokens=False)["input_ids"]) == 1
    ids: list[int] = []
    scored: list[bool] = []
    while len(ids) < tokens:
        one = lesson(rng)
        read = tokenizer(one.text, add_special_tokens=False, return_offsets_mapping=True)
        ids += read["input_ids"]
        scored += [
            not answers_only or any(a < end and start < b for a, b in one.scored)
            for start, end in read["offset_mapping"]
        ]
    return Stream(tuple(ids[:tokens]), tuple(scored[:tokens]))


def perplexity(
    model: PreTrainedModel,
    text: Stream,
    ends: tuple[int, ...],
    length: int,
    stride: int,
    keeps_cache: bool,
    check: Callable[[], None],
    chunk: int = CHUNK,
) -> Scored | None:
    """Perplexity of the last `stride` tokens of windows of `length` tokens.

    Args:
        model: With its method in force.
        text: The text.
        ends: Where windows end, each at least `length`.
        length: Tokens per window.
        stride: Tokens scored per window, less than `length`.
        keeps_cache: Whether a window may be read in chunks: no, where frequencies follow the
            length that has been read.
        check: Called before each layer.
        chunk: Tokens per forward pass; 0 = all at once.

    Returns:
        None when no token is scored.
    """
    total, count = 0.0, 0
    for end in ends:
        ids = text.ids[end - length : end]
        kept = min(stride, length - 1)
        marks = torch.tensor(text.scored[end - kept : end])
        if not marks.any():
            continue
        with preserved(model):
            logits = Reader(model, check, chunk if keeps_cache else 0).read(ids, kept + 1)[:-1]
        truth = torch.tensor(ids[-kept:], device=logits.device)
        nll = F.cross_entropy(logits, truth, reduction="none").cpu()
        total += float(nll[marks].double().sum())
        count += int(marks.sum())
    return Scored(exp(min(700.0, total / count)), count) if count else None
