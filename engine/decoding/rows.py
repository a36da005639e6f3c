"""The answers being decoded: what each row knows of itself, and when it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from engine.decoding.detokenize import Detokenizer, TextStream
from engine.decoding.measuring import Measures
from engine.decoding.noise import tape_key
from engine.decoding.params import Sampling
from engine.decoding.records import Candidate, FinishReason, Generation, TokenRecord
from engine.decoding.request import Request
from engine.decoding.stopping import find_stop


@dataclass(frozen=True)
class Limits:
    """What ends an answer, the same for all rows that are sampled alike."""

    stop_tokens: frozenset[int]
    stops: tuple[str, ...]
    max_new_tokens: int
    context: int | None


@dataclass(eq=False, slots=True)
class Row:
    """One answer in the making.

    Attributes:
        index: Position of its request.
        sampling: How its tokens are chosen.
        tape: Key of its noise tape.
        stream: Its text, token by token.
        answer: Token ids so far.
        finish: Why it ended, or None while it runs.
    """

    index: int
    request: Request
    sampling: Sampling
    tape: int
    stream: TextStream
    answer: list[int] = field(default_factory=list)
    records: list[TokenRecord] = field(default_factory=list)
    text: str = ""
    finish: FinishReason | None = None
    reused: int = 0
    batch_size: int = 1
    started: float = 0.0
    first: float = 0.0
    last: float = 0.0

    @property
    def prompt(self) -> tuple[int, ...]:
        """Tokens to bring into the cache before the first free choice."""
        return self.request.prompt_ids + self.request.forced

    def take(
        self, token: int, measures: Measures, place: int, pieces: Detokenizer, limits: Limits
    ) -> TokenRecord:
        """Add a token and decide whether the answer ends with it.

        Args:
            token: Its id.
            measures: The step's figures.
            place: This row's line in them.
            pieces: For the candidates' texts.
            limits: What ends an answer.
        """
        self.answer.append(token)
        added = self.stream.feed(token)
        self.finish = self._finish_before_text(token, limits)
        before = len(self.text)
        if self.finish is not None:
            added += self.stream.finish()
        self.text += added
        if limits.stops and added and self.finish != "stop-token":
            place_of_stop = find_stop(self.text, len(self.text) - before, limits.stops)
            if place_of_stop is not None:
                self.text = self.text[:place_of_stop]
                self.finish = "stop-text"
        label = pieces.label
        record = TokenRecord(
            token,
            added,
            measures.logprobs[place],
            measures.entropies[place],
            tuple(
                Candidate(id, label(id), logprob)
                for id, logprob in zip(
                    measures.top_ids[place], measures.top_logprobs[place], strict=True
                )
            ),
        )
        self.records.append(record)
        self.last = time.perf_counter()
        if len(self.answer) == 1:
            self.first = self.last
        return record

    def give_up(self) -> None:
        """End where it stands, because nobody wants the rest."""
        self.text += self.stream.finish()
        self.finish = "cancelled"

    def _finish_before_text(self, token: int, limits: Limits) -> FinishReason | None:
        if token in limits.stop_tokens:
            return "stop-token"
        if len(self.answer) >= limits.max_new_tokens:
            return "length"
        read = len(self.request.prompt_ids) + len(self.answer)
        if limits.context is not None and read > limits.context:
            return "context"
        return None

    def generation(self) -> Generation:
        """The finished answer."""
        assert self.finish is not None
        return Generation(
            text=self.text,
            tokens=tuple(self.records),
            finish=self.finish,
            prompt_tokens=len(self.request.prompt_ids),
            reused_tokens=self.reused,
            first_token_ms=(self.first - self.started) * 1000,
            total_ms=(self.last - self.started) * 1000,
            batch_size=self.batch_size,
        )


def make_row(index: int, request: Request, sampling: Sampling, pieces: Detokenizer) -> Row:
    """A row that has not started; `sampling` is for a request without its own."""
    own = request.sampling or sampling
    tape = tape_key(own.seed, request.item, request.sample)
    return Row(index, request, own, tape, pieces.stream())
