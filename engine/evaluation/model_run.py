"""All cells of one loaded model: askings say what they want, and each wave is decoded together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.context.methods import trained_length
from engine.decoding.loop import decode
from engine.decoding.records import Generation, TokenRecord
from engine.decoding.request import Request
from engine.decoding.stopping import context_length
from engine.errors import ErrorReport, PromptTooLong, as_memory_error, describe
from engine.evaluation.asking.base import Ask, Asking, Question
from engine.evaluation.asking.registry import asking_for
from engine.evaluation.pace import Pace, progress_text
from engine.evaluation.provenance import provenance_of
from engine.evaluation.recorder import Recorder
from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Provenance, Vote
from engine.models.chat import EncodedPrompt, encode
from engine.models.release import give_back
from engine.prompting.render import Message

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel


SHARE: Final = 4
"""Passages of documents leave an answer at most 1/SHARE of the window."""


def report_of(error: BaseException) -> ErrorReport:
    """An error as cells carry it."""
    return describe(as_memory_error(error))


@dataclass(eq=False)
class Turn:
    """What one asking wants of the current wave.

    Attributes:
        asks: What it wants.
        first: Position of its first ask in the wave.
        answers: What has come back.
        pending: How many have not.
    """

    asking: Asking
    asks: Sequence[Ask]
    first: int
    answers: list[Generation | None]
    pending: int


class ModelRun:
    """Asks the cells of a model; the desk of its askings (`engine.evaluation.asking.base.Desk`)."""

    def __init__(
        self,
        spec: CompareSpec,
        loaded: LoadedModel,
        recorder: Recorder,
        pace: Pace,
        ctx: JobContext,
    ) -> None:
        self.spec = spec
        self.loaded = loaded
        self.tokenizer = loaded.tokenizer
        self.recorder = recorder
        self.pace = pace
        self.ctx = ctx
        self.shown_at = 0.0
        self.provenance: Provenance | None = None
        self.limit = context_length(loaded.model)
        trained = trained_length(loaded.model)
        self.window = trained if self.limit is None else min(trained, self.limit)

    def run(self, keys: tuple[CellKey, ...]) -> None:
        """Ask every cell; an error that stops the decoding fails only the unanswered ones."""
        try:
            self._identify(keys[0].model)
        except Exception as error:  # noqa: BLE001 - hashing reads files, which fail as they like
            self._fail(map(self._blank, keys), report_of(error))
            return
        wave: list[tuple[Asking, Sequence[Ask]]] = []
        for asking in self._askings(keys):
            self.ctx.check()
            wave.append((asking, self._tried(asking, asking.start)))
        report: ErrorReport | None = None
        try:
            while any(asks for _, asks in wave):
                wave = self._decoded(wave)
        except Exception as error:  # noqa: BLE001 - libraries raise anything; others go on
            report = report_of(error)
        if report is None:
            return
        give_back()
        self._fail(map(self._blank, self._open(keys)), report)

    def _identify(self, model: int) -> None:
        """Work out where the numbers come from before any is timed: it may hash the weights."""
        sampling = self.spec.sampling
        self.provenance = provenance_of(
            self.loaded,
            batch_size=1,
            seed=sampling.seed,
            temperature=sampling.temperature,
            check=self.ctx.check,
        )
        self.recorder.check_origin(model, self.provenance)

    def _askings(self, keys: tuple[CellKey, ...]) -> list[Asking]:
        """One asking for all samples of a place, or for each cell, as the technique wants it."""
        groups: dict[CellKey, list[CellKey]] = {}
        kinds = [asking_for(variant.technique) for variant in self.spec.variants]
        for key in keys:
            whole = key if kinds[key.variant].per_cell else replace(key, sample=0)
            groups.setdefault(whole, []).append(key)
        known: dict[CellKey, list[CellResult]] = {}
        for key, cell in self.recorder.cells.items():
            known.setdefault(replace(key, sample=0), []).append(cell)
        return [
            kinds[place.variant](
                Question(self.spec, tuple(own), tuple(known.get(replace(place, sample=0), ()))),
                self,
            )
            for place, own in groups.items()
        ]

    def _tried(self, asking: Asking, step: Callable[[], Sequence[Ask]]) -> Sequence[Ask]:
        """A step of an asking; its failure fails its own open cells and no others."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - a tokenizer may fail in any way
            report = report_of(error)
        own = self._open(asking.question.keys)
        self._fail((replace(asking.opened, key=key) for key in own), report)
        asking.closed = True
        return ()

    def _decoded(
        self, wave: Sequence[tuple[Asking, Sequence[Ask]]]
    ) -> list[tuple[Asking, Sequence[Ask]]]:
        """Decode everything that a wave wants; returns the next wave."""
        turns: list[Turn] = []
        owners: list[tuple[Turn, int]] = []
        for asking, asks in wave:
            if asks:
                asking.unwanted = set()
                turn = Turn(asking, asks, len(owners), [None] * len(asks), len(asks))
                owners += [(turn, place) for place in range(len(asks))]
                turns.append(turn)
        rows, rows_of = _distinct([turn.asks[place].request for turn, place in owners])
        row_of = {owner: row for row, own in enumerate(rows_of) for owner in own}
        following: dict[Asking, Sequence[Ask]] = {}
        unwanted: set[int] = set()

        def on_tokens(row: int, records: tuple[TokenRecord, ...]) -> None:
            for owner in rows_of[row]:
                turn, place = owners[owner]
                ask = turn.asks[place]
                if ask.stream is not None:
                    self.ctx.tokens(ask.stream, records)
                self.pace.tokens(ask.cell, len(records))
            self._show_progress()

        def on_finish(row: int, generation: Generation) -> None:
            for owner in rows_of[row]:
                turn, place = owners[owner]
                turn.answers[place] = generation
                turn.pending -= 1
                self._hear(turn, place, generation, following)
                unwanted.update(row_of[turn.first + other] for other in turn.asking.unwanted)

        decode(
            self.loaded.model,
            self.tokenizer,
            rows,
            self.spec.sampling,
            batch_size=self.spec.batch_size,
            check=self.ctx.check,
            on_tokens=on_tokens,
            on_finish=on_finish,
            unwanted=unwanted,
        )
        return list(following.items())

    def _hear(
        self,
        turn: Turn,
        place: int,
        generation: Generation,
        following: dict[Asking, Sequence[Ask]],
    ) -> None:
        """Tell an asking of one answer, and of the end of its turn."""
        asking = turn.asking
        if asking.closed:
            return

        def tell() -> Sequence[Ask]:
            asking.heard(place, turn.asks[place], generation)
            if turn.pending:
                return ()
            return asking.complete([answer for answer in turn.answers if answer is not None])

        asks = self._tried(asking, tell)
        if asks:
            following[asking] = asks

    def _show_progress(self) -> None:
        """Ten times a second at most: the estimate walks over every running answer."""
        now = time.monotonic()
        if now - self.shown_at >= self.ctx.PROGRESS_INTERVAL_S:
            self.shown_at = now
            self.ctx.progress(self.pace.fraction(), progress_text(self.pace))

    def _open(self, keys: Iterable[CellKey]) -> list[CellKey]:
        return [key for key in keys if key not in self.recorder.cells]

    def _blank(self, key: CellKey) -> CellResult:
        return Question(self.spec, (key,)).blank(key)

    def _fail(self, cells: Iterable[CellResult], report: ErrorReport) -> None:
        for cell in list(cells):
            self.pace.fail()
            self.recorder.add(replace(cell, error=report))

    # What the askings need

    def encoded(self, messages: tuple[Message, ...], question: Question) -> EncodedPrompt:
        """The exact tokens to send."""
        return encode(self.loaded, messages, question.elements.language)

    def need_room(self, tokens: int) -> None:
        """Raise `PromptTooLong` when so many tokens leave no room for an answer."""
        if self.limit is not None and tokens >= self.limit:
            raise PromptTooLong(
                f"The prompt has {tokens} tokens, and “{self.loaded.info.ref.id}” "
                f"reads at most {self.limit}, the answer included.",
                "Shorten the prompt, show fewer examples, or choose a model with more context.",
            )

    def fits(self, tokens: int) -> bool:
        """Whether a prompt of so many tokens leaves room for an answer in the trained window."""
        most = max(1, min(self.spec.sampling.max_new_tokens, self.window // SHARE))
        return tokens + most <= self.window

    def finish(self, cell: CellResult) -> None:
        """Store and publish a finished cell."""
        self.pace.finish(cell.key)
        self.recorder.add(cell)

    def vote(self, vote: Vote) -> None:
        """Publish a vote, and store it when it is final."""
        self.recorder.add_vote(vote)


def _distinct(requests: Sequence[Request]) -> tuple[list[Request], list[list[int]]]:
    """The rows to decode, and for each the positions of the requests that it answers.

    Rows of which every token is forced draw nothing, so equal ones (the labels after a
    content-free prompt, the same for all items) are scored once.
    """
    rows: list[Request] = []
    owners: list[list[int]] = []
    forced: dict[Request, int] = {}
    for place, request in enumerate(requests):
        sampling = request.sampling
        whole = sampling is not None and sampling.max_new_tokens <= len(request.forced)
        row = forced.get(request) if whole else None
        if row is None:
            row = len(rows)
            rows.append(request)
            owners.append([])
            if whole:
                forced[request] = row
        owners[row].append(place)
    return rows, owners
