"""Teacher forcing of many answers after many prompts, shared beginnings computed once.

The log-probabilities are those of one plain forward pass over prompt and answer, up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch

from engine.decoding.batching import plan_rows
from engine.decoding.detokenize import Detokenizer
from engine.decoding.entering import Entered, Entrance
from engine.decoding.interrupt import Check
from engine.decoding.measuring import measure
from engine.decoding.params import Sampling
from engine.decoding.records import Candidate, TokenRecord
from engine.decoding.request import Request
from engine.decoding.rows import make_row
from engine.decoding.runner import Runner
from engine.decoding.stats import DecodeStats
from engine.decoding.stopping import check_length, context_length
from engine.errors import DeviceOutOfMemory, PromptError

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel

LOGITS_BYTES: Final = 256 * 2**20  # of one batch's answer positions, over the full vocabulary

Take = Callable[[int, torch.Tensor], None]


@dataclass(frozen=True)
class Pair:
    """An answer to be read after a prompt; both are token ids, both non-empty."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]


def force(
    loaded: LoadedModel,
    pairs: Sequence[Pair],
    take: Take,
    *,
    check: Check,
    first: Collection[int] = (),
) -> DecodeStats:
    """Read every answer after its prompt.

    Args:
        loaded: The model.
        pairs: What to read.
        take: Called once per pair with its position and float32 log-probabilities
            ``[answer, vocabulary]`` (softmax over the full vocabulary, temperature 1).
        check: The cancellation point.
        first: Positions of the pairs to be read before all others.

    Returns:
        Token counts: what was computed and what came from shared beginnings.

    Raises:
        PromptError: A prompt or an answer without tokens.
        PromptTooLong: They are longer than the model's window.
        DeviceOutOfMemory: The device ran out of memory.
    """
    stats = DecodeStats()
    if not pairs:
        return stats
    limit = context_length(loaded.model)
    for pair in pairs:
        if not (pair.prompt and pair.answer):
            raise PromptError(
                "A prompt or an answer has no tokens.", "Write something, then run again."
            )
        check_length(len(pair.prompt) + len(pair.answer), limit)
    runner = Runner(loaded.model, check)
    pieces = Detokenizer(loaded.tokenizer)
    # The last token of an answer is predicted but predicts nothing that is asked for.
    requests = [Request(pair.prompt, forced=pair.answer[:-1]) for pair in pairs]
    rows = [make_row(i, request, Sampling(), pieces) for i, request in enumerate(requests)]
    stats.prompt_tokens = sum(len(pair.prompt) for pair in pairs)
    entrance = Entrance(runner, rows, stats)
    early = frozenset(first)
    entrance.waiting.sort(key=lambda row: row.index in early)  # the last one enters first
    together = _rows_together(loaded, pairs, runner)
    mode = torch.no_grad() if runner.solo_reason else torch.inference_mode()
    try:
        with mode:
            for count in _turns(len(early), len(rows), together):
                check()
                for entered in entrance.enter(count):
                    _hand_over(entered, pairs, take)
    except torch.OutOfMemoryError as error:
        raise DeviceOutOfMemory(
            f"The device ran out of memory while reading {together} answers together.",
            "Choose shorter prompts or fewer questions.",
            detail=str(error),
        ) from error
    finally:
        entrance.free()
    return stats


def token_records(
    logprobs: torch.Tensor, answer: Sequence[int], pieces: Detokenizer, top: int = 5
) -> tuple[TokenRecord, ...]:
    """The answer's tokens with their figures.

    Args:
        logprobs: float32 ``[answer, vocabulary]``.
        answer: Token ids.
        pieces: For the texts.
        top: How many of the likeliest tokens to name.
    """
    figures = measure(logprobs, torch.tensor(answer, device=logprobs.device), top)
    stream = pieces.stream()
    return tuple(
        TokenRecord(
            token,
            stream.feed(token),
            figures.logprobs[place],
            figures.entropies[place],
            tuple(
                Candidate(id, pieces.label(id), logprob)
                for id, logprob in zip(
                    figures.top_ids[place], figures.top_logprobs[place], strict=True
                )
            ),
        )
        for place, token in enumerate(answer)
    )


def said(logprobs: torch.Tensor, answer: Sequence[int]) -> torch.Tensor:
    """Log-probability of each of the answer's tokens, ``[answer]``."""
    ids = torch.tensor(answer, device=logprobs.device)
    return logprobs.gather(-1, ids[:, None]).squeeze(-1)


def divergence(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """KL(first ‖ second) at each position in nats, over the full vocabulary.

    Args:
        first, second: Log-probabilities ``[answer, vocabulary]``.
    """
    share = first.exp()
    terms = torch.where(share > 0, share * (first - second), 0.0)
    return terms.sum(-1).clamp(min=0.0)  # rounding may leave a hair below zero


def _rows_together(loaded: LoadedModel, pairs: Sequence[Pair], runner: Runner) -> int:
    if runner.solo_reason:
        return 1
    longest = max(len(pair.prompt) + len(pair.answer) for pair in pairs)
    kept = max(len(pair.answer) for pair in pairs)
    vocabulary: int = loaded.model.config.get_text_config(decoder=True).vocab_size
    fitting = max(1, LOGITS_BYTES // (4 * kept * vocabulary))
    return min(fitting, plan_rows(loaded.model, longest, len(pairs), None).rows)


def _turns(early: int, every: int, together: int) -> list[int]:
    """How many rows enter at each turn: the early ones in turns of their own."""
    turns: list[int] = []
    for left in (early, every - early):
        while left > 0:
            turns.append(min(left, together))
            left -= turns[-1]
    return turns


def _hand_over(entered: Entered, pairs: Sequence[Pair], take: Take) -> None:
    kept = entered.logits.shape[1]
    for place, row in enumerate(entered.rows):
        steps = entered.logits[place, kept - len(pairs[row.index].answer) :]
        take(row.index, torch.log_softmax(steps, dim=-1))
