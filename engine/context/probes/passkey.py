"""Are keys found? Teacher-forced: one pass per question, over a text that is read once.

The digits of the right answer are given one after another; a key counts as found when each of
them is the likeliest token at its place, which is what greedy decoding would need to spell it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

from engine.context.probes.haystack import Haystack, Question
from engine.context.probes.reading import CHUNK, Reader
from engine.context.scaling.live import preserved

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from transformers.cache_utils import Cache


@dataclass(frozen=True)
class Answered:
    """One question.

    Attributes:
        depth: Of its key.
        right: Whether every digit was the likeliest token.
        nll: Of the digits, nats per token.
    """

    depth: float
    right: bool
    nll: float


@dataclass(frozen=True)
class Asked:
    """All questions about one text.

    Attributes:
        answers: In the order of the questions.
        kv_bytes: Of the cache with the longest question in it.
    """

    answers: tuple[Answered, ...]
    kv_bytes: int


def ask(
    model: PreTrainedModel,
    text: Haystack,
    keeps_cache: bool,
    check: Callable[[], None],
    fresh: Callable[[], Cache] | None = None,
    chunk: int = CHUNK,
) -> Asked:
    """Ask for every key.

    Args:
        model: With its method in force.
        text: The text and its questions.
        keeps_cache: Whether cached keys stay right as a text grows. If not, each question is one
            pass from the start, on a rotation that is as it was before.
        check: Called before each layer.
        fresh: Makes an empty cache of another kind, which cannot go back to where questions part:
            each question is then read from the start. None = the usual one.
        chunk: Tokens per forward pass; 0 = all at once.
    """
    if fresh is not None or not keeps_cache:
        return _each_alone(model, text, check, chunk if keeps_cache else 0, fresh)
    reader = Reader(model, check, chunk)
    reader.read(text.questions[0].ids[: text.shared])
    found, most = [], 0
    for question in text.questions:
        rest = question.ids[text.shared :]
        first = question.digits[0] - text.shared
        logits = reader.read(rest, len(rest) - first + 1)
        found.append(_judged(question, logits))
        most = max(most, reader.bytes)
        reader.back(text.shared)
    return Asked(tuple(found), most)


def _each_alone(
    model: PreTrainedModel,
    text: Haystack,
    check: Callable[[], None],
    chunk: int,
    fresh: Callable[[], Cache] | None,
) -> Asked:
    found, most = [], 0
    for question in text.questions:
        with preserved(model):
            reader = Reader(model, check, chunk, fresh() if fresh else None)
            logits = reader.read(question.ids, len(question.ids) - question.digits[0] + 1)
        found.append(_judged(question, logits))
        most = max(most, reader.bytes)
    return Asked(tuple(found), most)


def _judged(question: Question, logits: torch.Tensor) -> Answered:
    """Args: logits of the places from the one before the first digit to the end of the ids."""
    before = [place - question.digits[0] for place in question.digits]
    truth = torch.tensor([question.ids[place] for place in question.digits], device=logits.device)
    said = logits[before]
    nll = float(F.cross_entropy(said, truth))
    return Answered(question.depth, bool((said.argmax(-1) == truth).all()), nll)
