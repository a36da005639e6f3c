"""The comparison job: every item under every variant on every model.

Models run one after the other. All cells of a model are decoded together; each is extracted,
stored in its own transaction and published the moment it ends. A cell that cannot be asked
becomes a cell with an error and blocks no other.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.errors import JobCancelled, ModelLoadError, UnsupportedModel
from engine.evaluation.asking.base import Question
from engine.evaluation.extractors.registry import extractor
from engine.evaluation.model_run import ModelRun, report_of
from engine.evaluation.pace import Pace, progress_text
from engine.evaluation.plan import planned_cells
from engine.evaluation.recorder import Recorder
from engine.evaluation.spec import CellKey, CompareResult, CompareSpec
from engine.evaluation.summary import summarise, votes_of
from engine.jobs.spec import Spec
from engine.models.catalog import locate

if TYPE_CHECKING:
    from engine.api import Resources
    from engine.jobs.job import JobContext
    from engine.models.reference import ModelRef

GENERATING: Final = ("causal decoder", "prefix decoder")


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
        cells = tuple(recorder.cells[key] for key in keys)
        votes = votes_of(spec, cells)
        for vote in votes:
            if vote.place not in recorder.votes:  # killed between the last path and its vote
                recorder.add_vote(vote)
        status = "finished"
    except JobCancelled:
        status = "cancelled"
        raise
    finally:
        recorder.finish(status)
    return CompareResult(
        run_id=recorder.run_id,
        cells=cells,
        summaries=summarise(spec, cells, votes),
        seconds=time.monotonic() - started,
        store_error=recorder.error,
        votes=votes,
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
                report = report_of(error)
                pace.fail(len(own))
                for key in own:
                    blank = Question(spec, (key,)).blank(key)
                    recorder.add(replace(blank, error=report))
                continue
            ModelRun(spec, loaded, recorder, pace, ctx).run(own)
    ctx.progress(1.0, progress_text(pace))


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
