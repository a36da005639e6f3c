"""NBCE token by token: prompts read in batches, their shared beginning once, losers dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from engine.context.documents.nbce.pooling import Pooling, Rule
from engine.context.documents.nbce.processor import NbceProcessor
from engine.context.documents_spec import AnswerToken
from engine.decoding.batching import batches_of
from engine.decoding.cache import RowCache
from engine.decoding.detokenize import Detokenizer
from engine.decoding.entering import PREFILL, PREFILL_ELSEWHERE
from engine.decoding.interrupt import Check
from engine.decoding.runner import Prompt, Runner
from engine.decoding.stopping import stop_tokens
from engine.errors import BadSpec, DeviceOutOfMemory

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MIN_SAVED = 32
"""Tokens that a shared beginning must save to be read on its own."""


@dataclass
class NbceAnswer:
    """What was written.

    Attributes:
        text: The answer.
        tokens: Each with the context that decided it (counted from 0; −1 = all agreed).
        read: Prompt tokens of all rows.
        computed: Of those, how many went through the model.
        finish: Whether it ended by itself.
    """

    text: str = ""
    tokens: list[AnswerToken] = field(default_factory=list)
    read: int = 0
    computed: int = 0
    finish: bool = False


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    plain: Sequence[int],
    contexts: Sequence[Sequence[int]],
    rule: Rule,
    most: int,
    check: Check,
    told: Callable[[AnswerToken], None],
    likely: Sequence[float] = (),
) -> NbceAnswer:
    """Answer greedily from all contexts together.

    Args:
        model: In eval mode.
        tokenizer: Its own.
        plain: The prompt without a context.
        contexts: The same prompt with one context each.
        rule: NBCE's weights.
        most: Most new tokens.
        check: The cancellation point.
        told: Hears each token.
        likely: log p(S | Q) of each context up to a constant, for the rule's prior; empty = all
            are as likely.

    Raises:
        BadSpec: Rows of this model cannot be decoded side by side.
        DeviceOutOfMemory: The contexts do not fit together.
    """
    runner = Runner(model, check)
    if runner.solo_reason:
        raise BadSpec(
            f"NBCE reads contexts side by side, which this model does not allow: "
            f"{runner.solo_reason}.",
            "Choose the flow retrieval.",
        )
    try:
        with torch.inference_mode():
            rows = _Rows(runner, tokenizer, [plain, *contexts], rule)
            if likely:
                rows.pooling.likely = torch.tensor(likely, device=runner.device)
            return rows.run(most, told)
    except torch.OutOfMemoryError as error:
        raise DeviceOutOfMemory(
            f"The device ran out of memory while reading {len(contexts)} contexts side by side.",
            "Choose fewer contexts or shorter passages.",
            detail=str(error),
        ) from error


class _Rows:
    """The prompt without context and those with one each, in one cache."""

    def __init__(
        self,
        runner: Runner,
        tokenizer: PreTrainedTokenizerBase,
        prompts: Sequence[Sequence[int]],
        rule: Rule,
    ) -> None:
        self.runner = runner
        self.tokenizer = tokenizer
        self.prompts = [tuple(prompt) for prompt in prompts]
        self.processor = NbceProcessor(rule, len(prompts) - 1)
        self.slots: list[int] = []
        self.answer = NbceAnswer(read=sum(map(len, prompts)))
        self.cache: RowCache | None = None

    @property
    def pooling(self) -> Pooling:
        return self.processor.pooling

    def run(self, most: int, told: Callable[[AnswerToken], None]) -> NbceAnswer:
        """Read, then write."""
        ends = stop_tokens(self.runner.model, self.tokenizer)
        stream = Detokenizer(self.tokenizer).stream()
        logits = self._read(most)
        for number in range(most):
            self.runner.check()
            if number:
                self._drop()
                logits = self._step(self.answer.tokens[-1].id, logits)
            scores = self.processor(torch.empty(0), logits)[0]
            token = int(scores.argmax())
            self.answer.finish = token in ends
            added = "" if self.answer.finish else stream.feed(token)
            self._tell(token, added, float(scores.log_softmax(-1)[token]), told)
            if self.answer.finish:
                break
        self.answer.text = "".join(one.text for one in self.answer.tokens) + stream.finish()
        return self.answer

    def _tell(
        self, token: int, text: str, logprob: float, told: Callable[[AnswerToken], None]
    ) -> None:
        pooling = self.pooling
        said = AnswerToken(
            token, text, logprob, pooling.winners[-1], pooling.entropies[-1], len(self.slots) - 1
        )
        self.answer.tokens.append(said)
        told(said)

    def _read(self, most: int) -> torch.Tensor:
        """Bring every prompt into the cache; returns logits ``[rows, vocabulary]``."""
        past = self._shared()
        own = [Prompt(ids, past, self._past_length) for ids in self.prompts]
        order = sorted(range(len(own)), key=lambda at: len(self.prompts[at]))
        budget, overhead = PREFILL.get(self.runner.device.type, PREFILL_ELSEWHERE)
        lengths = [len(self.prompts[at]) - self._past_length for at in order]
        widest = max(map(len, self.prompts))
        cache = RowCache(
            self.runner.layers, (), widest + most, self.runner.device, len(self.prompts)
        )
        cache.window.start = cache.window.end = widest
        found: dict[int, torch.Tensor] = {}
        for start, stop in batches_of(lengths, budget, overhead):
            batch = order[start:stop]
            read = self.runner.prefill([own[at] for at in batch])
            assert isinstance(read.cache, RowCache)
            cache.adopt(read.cache, len(own), [None] * len(batch))
            # Without the padding that brings rows of a batch to one length.
            self.answer.computed += sum(len(own[at].ids) for at in batch) - sum(read.reused)
            found |= {at: read.logits[row, -1] for row, at in enumerate(batch)}
            self.slots += batch
        self.cache = cache
        return torch.stack([found[at] for at in range(len(own))])

    def _shared(self) -> list[tuple[torch.Tensor, torch.Tensor]] | None:
        """Keys and values of the tokens that all prompts begin with, if that saves work."""
        shortest = min(map(len, self.prompts))
        same = 0
        while same < shortest - 1 and len({ids[same] for ids in self.prompts}) == 1:
            same += 1
        self._past_length = same if same * (len(self.prompts) - 1) >= MIN_SAVED else 0
        if not self._past_length:
            return None
        read = self.runner.prefill([Prompt(self.prompts[0][:same])])
        assert isinstance(read.cache, RowCache)
        self.answer.computed += read.computed
        return read.cache.row_states(0)

    def _drop(self) -> None:
        """Contexts that lost leave the cache."""
        leaving = [
            slot for slot, row in enumerate(self.slots) if row and not self.pooling.alive[row - 1]
        ]
        if leaving:
            assert self.cache is not None
            for source, target in self.cache.drop(leaving):
                self.slots[target] = self.slots[source]
            del self.slots[self.cache.rows :]

    def _step(self, token: int, before: torch.Tensor) -> torch.Tensor:
        """Feed the token to every row; rows that left keep their last logits, unread."""
        assert self.cache is not None
        tokens = torch.full((len(self.slots),), token, device=self.runner.device)
        logits = self.runner.step(self.cache, tokens)
        found = before.clone()
        found[torch.tensor(self.slots, device=found.device)] = logits
        return found
