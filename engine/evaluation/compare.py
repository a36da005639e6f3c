"""The comparison job: every item under every variant on every model.

Models run one after the other. All cells of a model are decoded together; each is extracted,
stored in its own transaction and published the moment it ends. A cell that cannot be asked
becomes a cell with an error and blocks no other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.decoding.loop import decode
from engine.decoding.records import Generation, TokenRecord
from engine.decoding.request import Request
from engine.decoding.stopping import context_length
from engine.errors import (
    ErrorReport,
    JobCancelled,
    ModelLoadError,
    PromptTooLong,
    UnsupportedModel,
    as_memory_error,
    describe,
)
from engine.evaluation.extractors.registry import extractor
from engine.evaluation.pace import Pace
from engine.evaluation.plan import messages_for, planned_cells, prompt_of
from engine.evaluation.provenance import provenance_of
from engine.evaluation.recorder import Recorder
from engine.evaluation.scoring import extract
from engine.evaluation.spec import (
    CellKey,
    CellResult,
    CompareResult,
    CompareSpec,
    Extraction,
    Provenance,
)
from engine.evaluation.summary import summarise
from engine.jobs.spec import Spec
from engine.models.catalog import locate
from engine.models.chat import encode
from engine.models.release import give_back

if TYPE_CHECKING:
    from engine.api import Resources
    from engine.jobs.job import JobContext
    from engine.models.loaded import LoadedModel
    from engine.models.reference import ModelRef

GENERATING: Final = ("causal decoder", "prefix decoder")


@dataclass(frozen=True)
class Question:
    """A cell that is ready to be asked."""

    cell: CellResult
    request: Request


def run(spec: Spec, ctx: JobContext) -> CompareResult:
    """Run a `CompareSpec`.

    Raises:
        BadSpec: An unknown rule or cell.
        ModelLoadError: The only model cannot be loaded.
    """
    assert isinstance(spec, CompareSpec)
    started = time.monotonic()
    for rule in spec.extraction:
        extractor(rule)
    keys = planned_cells(spec)
    recorder = Recorder(spec, ctx)
    status = "failed"
    try:
        _run_models(spec, keys, recorder, ctx)
        status = "finished"
    except JobCancelled:
        status = "cancelled"
        raise
    finally:
        recorder.finish(status)
    cells = tuple(recorder.cells[key] for key in keys)
    return CompareResult(
        run_id=recorder.run_id,
        cells=cells,
        summaries=summarise(spec, cells),
        seconds=time.monotonic() - started,
        store_error=recorder.error,
    )


def _run_models(
    spec: CompareSpec, keys: tuple[CellKey, ...], recorder: Recorder, ctx: JobContext
) -> None:
    pace = Pace(len(keys), spec.sampling.max_new_tokens)
    pace.fail(len(recorder.cells))  # kept from before the run was interrupted
    for index, ref in enumerate(spec.models):
        own = tuple(key for key in keys if key.model == index and key not in recorder.cells)
        if not own:
            continue
        with ExitStack() as stack:
            try:
                _refuse_before_load(ref, ctx.resources)
                loaded = stack.enter_context(ctx.resources.residency.lease(ref, ctx))
                if loaded.info.anatomy.structure not in GENERATING:
                    raise _no_generator(ref)
            except Exception as error:  # one model's failure, of whatever kind, is its own
                if len(spec.models) == 1:
                    raise
                report = _report(error)
                pace.fail(len(own))
                for key in own:
                    recorder.add(replace(_blank(spec, key), error=report))
                continue
            _ModelRun(spec, loaded, recorder, pace, ctx).run(own)
    ctx.progress(1.0, _progress_text(pace))


def _refuse_before_load(ref: ModelRef, resources: Resources) -> None:
    """Raise `UnsupportedModel` for a model whose files say already that it cannot be asked."""
    try:
        entry = locate(ref, resources).entry
    except ModelLoadError:
        return  # loading says why
    if not entry.generates:
        raise _no_generator(ref)


def _no_generator(ref: ModelRef) -> UnsupportedModel:
    return UnsupportedModel(
        f"The model “{ref.id}” does not continue a text, so it cannot be compared.",
        "Choose a causal model; encoder-decoders and masked models can only be looked at.",
    )


def _report(error: BaseException) -> ErrorReport:
    return describe(as_memory_error(error))


class _ModelRun:
    """All cells of one loaded model."""

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
        self.recorder = recorder
        self.pace = pace
        self.ctx = ctx
        self.first_index = pace.done
        self.shown_at = 0.0
        self.provenance: Provenance | None = None
        self.model_index = 0

    def run(self, keys: tuple[CellKey, ...]) -> None:
        """Ask every cell; an error that stops the decoding fails only the unanswered ones."""
        self.model_index = keys[0].model
        questions = tuple(self._questions(keys))
        if not questions:
            return

        def on_tokens(index: int, records: tuple[TokenRecord, ...]) -> None:
            self.ctx.tokens(questions[index].cell.key, tuple(records))
            self.pace.tokens(self.first_index + index, len(records))
            self._show_progress()

        def on_finish(index: int, generation: Generation) -> None:
            self.pace.finish(self.first_index + index, len(generation.tokens))
            self.recorder.add(self._answered(questions[index], generation))

        report: ErrorReport | None = None
        try:
            self._identify()
            decode(
                self.loaded.model,
                self.loaded.tokenizer,
                [question.request for question in questions],
                self.spec.sampling,
                batch_size=self.spec.batch_size,
                check=self.ctx.check,
                on_tokens=on_tokens,
                on_finish=on_finish,
            )
        except Exception as error:  # noqa: BLE001 - libraries raise anything; others go on
            report = _report(error)
        if report is None:
            return
        give_back()
        for question in questions:
            if question.cell.key not in self.recorder.cells:
                self._fail(replace(question.cell, error=report))

    def _identify(self) -> None:
        """Work out where the numbers come from before any is timed: it may hash the weights."""
        sampling = self.spec.sampling
        self.provenance = provenance_of(
            self.loaded,
            batch_size=1,
            seed=sampling.seed,
            temperature=sampling.temperature,
            check=self.ctx.check,
        )
        self.recorder.check_origin(self.model_index, self.provenance)

    def _show_progress(self) -> None:
        """Ten times a second at most: the estimate walks over every running answer."""
        now = time.monotonic()
        if now - self.shown_at >= self.ctx.PROGRESS_INTERVAL_S:
            self.shown_at = now
            self.ctx.progress(self.pace.fraction(), _progress_text(self.pace))

    def _questions(self, keys: tuple[CellKey, ...]) -> Iterator[Question]:
        """Render and encode each cell; yield those that can be asked, record the others."""
        ready: dict[tuple[int, int], CellResult] = {}
        branch = self.spec.branch
        for key in keys:
            self.ctx.check()
            place = (key.variant, key.item)
            if place not in ready:
                ready[place] = self._encoded(key)
            cell = replace(ready[place], key=key)
            if cell.error is not None:
                self._fail(cell)
                continue
            forced = branch.prefix if branch is not None else ()
            request = Request(
                prompt_ids=cell.prompt_ids, item=cell.item_id, sample=key.sample, forced=forced
            )
            yield Question(cell, request)

    def _encoded(self, key: CellKey) -> CellResult:
        cell = _blank(self.spec, key)
        try:
            messages = messages_for(self.spec, key)
            language = prompt_of(self.spec, self.spec.variants[key.variant]).language
            prompt = encode(self.loaded, messages, language)
            cell = replace(cell, prompt_ids=tuple(prompt.ids), sent=tuple(prompt.parts))
            self._need_room(len(prompt.ids))
        except Exception as error:  # noqa: BLE001 - a tokenizer may fail in any way
            return replace(cell, error=_report(error))
        return cell

    def _need_room(self, prompt_tokens: int) -> None:
        limit = context_length(self.loaded.model)
        forced = len(self.spec.branch.prefix) if self.spec.branch is not None else 0
        if limit is not None and prompt_tokens + forced >= limit:
            raise PromptTooLong(
                f"The prompt has {prompt_tokens} tokens, and “{self.loaded.info.ref.id}” "
                f"reads at most {limit}, the answer included.",
                "Shorten the prompt, show fewer examples, or choose a model with more context.",
            )

    def _answered(self, question: Question, generation: Generation) -> CellResult:
        assert self.provenance is not None
        cell = replace(
            question.cell,
            generation=generation,
            provenance=replace(self.provenance, batch_size=generation.batch_size),
        )
        try:
            found = tuple(self._extractions(cell, generation.text))
        except Exception as error:  # noqa: BLE001 - a rule's failure keeps the answer
            return replace(cell, error=_report(error))
        return replace(cell, extractions=found)

    def _extractions(self, cell: CellResult, text: str) -> Iterator[Extraction]:
        for rule in self.spec.extraction:
            yield extract(rule, text, cell.expected)

    def _fail(self, cell: CellResult) -> None:
        self.pace.fail()
        self.recorder.add(cell)


def _blank(spec: CompareSpec, key: CellKey) -> CellResult:
    item = spec.items[key.item]
    return CellResult(
        key=key, variant=spec.variants[key.variant].label, item_id=item.id, expected=item.expected
    )


def _progress_text(pace: Pace) -> str:
    return f"{pace.done} of {pace.cells} answers"
