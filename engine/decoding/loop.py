"""The step loop: many prompts, shared beginnings computed once, rows that come and go.

One run decodes all requests of one model. Waiting rows enter when enough slots are free: their
shared prefixes are computed once per prefix, their own tokens on top of it, all right-aligned in
one `RowCache`. Each step feeds one token per row, measures and chooses the next for all rows at
once, and lets finished rows leave. `check` is called at each step and before each decoder layer
of a prompt's forward pass; whatever it raises leaves the model as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence, Set
from contextlib import nullcontext

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from engine.decoding.batching import plan_rows
from engine.decoding.cache import RowCache, SoloRow
from engine.decoding.choosing import SeenTokens, choose_each
from engine.decoding.detokenize import Detokenizer
from engine.decoding.entering import Entered, Entrance
from engine.decoding.interrupt import Check, no_check
from engine.decoding.measuring import measure
from engine.decoding.noise import step_key
from engine.decoding.params import Sampling
from engine.decoding.records import Generation, TokenRecord
from engine.decoding.request import Request
from engine.decoding.rows import Limits, Row, make_row
from engine.decoding.runner import Runner
from engine.decoding.shared_attention import installed, may_share
from engine.decoding.stats import DecodeStats
from engine.decoding.stopping import check_length, context_length, stop_tokens
from engine.errors import DeviceOutOfMemory, PromptError

OnTokens = Callable[[int, tuple[TokenRecord, ...]], None]
OnFinish = Callable[[int, Generation], None]

RESERVE = 128  # columns for answers to begin with; the cache grows when they are longer
ENTER_SHARE = 4  # waiting rows enter when a quarter of the slots is free


def decode(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    requests: Sequence[Request],
    sampling: Sampling,
    *,
    batch_size: int | None = None,
    check: Check = no_check,
    on_tokens: OnTokens | None = None,
    on_finish: OnFinish | None = None,
    stats: DecodeStats | None = None,
    record_top: int = 5,
    unwanted: Set[int] = frozenset(),
) -> list[Generation]:
    """Decode an answer for every request.

    Args:
        model: A transformers causal language model in eval mode, on its device.
        tokenizer: Its tokenizer (for texts and, failing a config's, the stop token).
        requests: What to answer.
        sampling: How tokens are chosen where a request does not say it; `samples` is the
            caller's affair.
        batch_size: Most rows decoded together; None = by memory.
        check: The cancellation point; may raise.
        on_tokens: Called for each row at each step, with the request's position.
        on_finish: Called once per request when its answer ends, in order of ending.
        stats: Filled in, when given.
        record_top: How many of the likeliest tokens each record names.
        unwanted: Positions of requests that are no longer wanted; the caller may add to it while
            the run goes on (in `on_finish`, say). Before the next step they end as they stand,
            with ``"cancelled"``; the others' tokens stay the same.

    Returns:
        One generation per request, in their order.

    Raises:
        PromptError: A prompt without tokens.
        PromptTooLong: A prompt longer than the model's window.
        DeviceOutOfMemory: The device ran out of memory.
    """
    sampling.check()
    run = _Run(model, tokenizer, requests, sampling, batch_size, check, stats, record_top)
    run.on_tokens, run.on_finish, run.unwanted = on_tokens, on_finish, unwanted
    # Scaled RoPE may replace its buffers inside a forward pass; made in inference mode they would
    # be of no use to later gradients.
    mode = torch.no_grad() if run.runner.solo_reason else torch.inference_mode()
    share = run.entrance.has_much_shared and may_share(model)
    try:
        with mode, installed(model) if share else nullcontext() as run.runner.attention:
            return run.all()
    except torch.OutOfMemoryError as error:
        raise DeviceOutOfMemory(
            f"The device ran out of memory while decoding {run.plan.rows} answers together.",
            "Choose a smaller batch size, shorter prompts or shorter answers.",
            detail=str(error),
        ) from error
    finally:
        run.free()


class _Run:
    """The state of one `decode` call."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        requests: Sequence[Request],
        sampling: Sampling,
        batch_size: int | None,
        check: Check,
        stats: DecodeStats | None,
        record_top: int,
    ) -> None:
        self.check = check
        self.stats = stats if stats is not None else DecodeStats()
        self.record_top = record_top
        self.on_tokens: OnTokens | None = None
        self.on_finish: OnFinish | None = None
        self.unwanted: Set[int] = frozenset()
        self.given_up = 0
        self.runner = Runner(model, check)
        self.pieces = Detokenizer(tokenizer)
        self.rows = [make_row(i, r, sampling, self.pieces) for i, r in enumerate(requests)]
        context = context_length(model)
        for request in requests:
            if not request.prompt_ids:
                raise PromptError("The prompt has no tokens.", "Write something, then run again.")
            check_length(len(request.prompt_ids) + len(request.forced), context)
        ends = stop_tokens(model, tokenizer)
        samplings = dict.fromkeys([row.sampling for row in self.rows] or [sampling])
        for one in samplings:
            one.check()
        self.limits = {one: _limits(one, ends, context) for one in samplings}
        self.penalizes = any(one.repetition_penalty != 1.0 for one in samplings)
        self.most_new = max(one.max_new_tokens for one in samplings)
        longest = max((len(row.prompt) for row in self.rows), default=1)
        asked = 1 if self.runner.solo_reason else batch_size
        columns = longest + self.most_new
        self.plan = plan_rows(model, columns, len(self.rows), asked)
        self.stats.rows = self.plan.rows
        self.stats.reason = self.plan.reason
        if self.runner.solo_reason:
            self.stats.reason = f"One row at a time, because {self.runner.solo_reason}."
        self.stats.prompt_tokens = sum(len(row.request.prompt_ids) for row in self.rows)
        self.entrance = Entrance(self.runner, self.rows, self.stats)
        self.active: list[Row] = []
        self.cache: RowCache | SoloRow | None = None
        self.seen: SeenTokens | None = None
        self.results: list[Generation | None] = [None] * len(self.rows)

    def all(self) -> list[Generation]:
        """Decode everything."""
        while self.entrance.waiting or self.active:
            self.check()
            self._give_up()
            free = self.plan.rows - len(self.active)
            enough = max(1, self.plan.rows // ENTER_SHARE)
            waiting = self.entrance.waiting
            if waiting and (not self.active or free >= min(enough, len(waiting))):
                self._enter(free)
            if self.active:
                self._step()
        return [result for result in self.results if result is not None]

    def free(self) -> None:
        """Let go of every tensor."""
        self.cache = None
        self.seen = None
        self.entrance.free()

    def _enter(self, free: int) -> None:
        """Bring up to `free` waiting rows into the cache and choose their first tokens."""
        started = time.perf_counter()
        for entered in self.entrance.enter(free):
            for row in entered.rows:
                row.started = started
            self._place(entered)
            self.stats.prefill_s += time.perf_counter() - started
            self._replay_forced(entered.rows, entered.logits)
            going = [place for place, row in enumerate(entered.rows) if row.finish is None]
            self._advance([entered.rows[place] for place in going], entered.logits[:, -1][going])
            started = time.perf_counter()

    def _place(self, entered: Entered) -> None:
        """Move rows that have their prompts into the running cache."""
        if isinstance(entered.cache, SoloRow):
            self.cache = entered.cache
        else:
            if not self.active or not isinstance(self.cache, RowCache):
                reserve = min(self.most_new, RESERVE)
                capacity = entered.widest + reserve
                runner = self.runner
                self.cache = RowCache(runner.layers, (), capacity, runner.device, self.plan.rows)
                self.cache.window.start = self.cache.window.end = entered.widest
            self.cache.adopt(entered.cache, self.plan.rows, entered.pasts)
        self.active += entered.rows
        if self.penalizes:
            if self.seen is None:
                self.seen = SeenTokens(entered.logits.shape[-1], entered.logits.device)
            self.seen.append([row.prompt for row in entered.rows])
        for row in self.active:
            row.batch_size = max(row.batch_size, len(self.active))

    def _replay_forced(self, rows: Sequence[Row], logits: torch.Tensor) -> None:
        """Report the forced tokens with the figures of the steps at which they would come."""
        kept = logits.shape[1]
        for place, row in enumerate(rows):
            forced = row.request.forced
            if not forced:
                continue
            at = logits[place, kept - 1 - len(forced) : kept - 1]  # [forced, vocabulary]
            measures = measure(at, torch.tensor(forced, device=at.device), self.record_top)
            records = []
            limits = self.limits[row.sampling]
            for step, token in enumerate(forced):
                records.append(row.take(token, measures, step, self.pieces, limits))
                if row.finish is not None:
                    break
            if self.on_tokens is not None:
                self.on_tokens(row.index, tuple(records))

    def _step(self) -> None:
        """Feed every row's last token and choose the next."""
        started = time.perf_counter()
        assert self.cache is not None
        tokens = torch.tensor([row.answer[-1] for row in self.active], device=self.runner.device)
        logits = self.runner.step(self.cache, tokens)
        self.stats.steps += 1
        self.stats.forward_s += time.perf_counter() - started
        self._advance(self.active, logits)

    def _advance(self, rows: Sequence[Row], logits: torch.Tensor) -> None:
        """Choose, record and report a token for each of `rows`, then let finished rows leave.

        `rows` are the last ones of `active`, or all of them.
        """
        if rows:
            started = time.perf_counter()
            keys = [
                step_key(row.tape, len(row.answer)) if row.sampling.temperature > 0.0 else 0
                for row in rows
            ]
            places = None
            seen = None
            if self.seen is not None:
                places = torch.tensor([self.active.index(row) for row in rows])
                seen = self.seen.table[places.to(logits.device)]
            chosen = choose_each(logits, [row.sampling for row in rows], keys, seen)
            if self.seen is not None and places is not None:
                self.seen.mark(places.to(logits.device), chosen)
            measures = measure(logits, chosen, self.record_top)
            ids: list[int] = chosen.tolist()
            self.stats.choose_s += time.perf_counter() - started
            started = time.perf_counter()
            for place, row in enumerate(rows):
                limits = self.limits[row.sampling]
                record = row.take(ids[place], measures, place, self.pieces, limits)
                if self.on_tokens is not None:
                    self.on_tokens(row.index, (record,))
            self.stats.record_s += time.perf_counter() - started
        self._let_leave()

    def _let_leave(self) -> None:
        places = [place for place, row in enumerate(self.active) if row.finish is not None]
        if not places:
            return
        leaving = [self.active[place] for place in places]
        assert self.cache is not None
        moves = self.cache.drop(places)
        for _source, target in moves:
            self.active[target] = self.active[_source]
        del self.active[self.cache.rows :]
        if self.seen is not None:
            self.seen.drop(moves, self.cache.rows)
        for row in leaving:
            self._report(row)

    def _give_up(self) -> None:
        """Let rows go that are no longer wanted, those that have not entered yet included."""
        if len(self.unwanted) == self.given_up:
            return
        self.given_up = len(self.unwanted)
        for row in self.entrance.withdraw(self.unwanted):
            row.give_up()
            self._report(row)
        for row in self.active:
            if row.index in self.unwanted:
                row.give_up()
        self._let_leave()

    def _report(self, row: Row) -> None:
        """Keep and publish a row's answer."""
        generation = row.generation()
        self.results[row.index] = generation
        self.stats.new_tokens += len(generation.tokens)
        if self.on_finish is not None:
            self.on_finish(row.index, generation)


def _limits(sampling: Sampling, ends: frozenset[int], context: int | None) -> Limits:
    stops = tuple(stop for stop in sampling.stop if stop)
    return Limits(ends, stops, sampling.max_new_tokens, context)
