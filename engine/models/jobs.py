"""The model jobs' run functions, as `engine.jobs.registry` names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.jobs.spec import Spec
from engine.models.spec import (
    CountTokensSpec,
    DescribeModelSpec,
    DownloadPlan,
    DownloadSpec,
    LoadedInfo,
    LoadModelSpec,
    ModelDescription,
    UnloadModelSpec,
)

if TYPE_CHECKING:
    from engine.jobs.job import JobContext


def load(spec: Spec, ctx: JobContext) -> LoadedInfo:
    """Load a model, or find it loaded; it stays in memory."""
    assert isinstance(spec, LoadModelSpec)
    with ctx.resources.residency.lease(spec.model, ctx) as loaded:
        return loaded.info


def unload(spec: Spec, ctx: JobContext) -> None:
    """Free a model, or every one. On the model lane, so no job can be using it."""
    assert isinstance(spec, UnloadModelSpec)
    ctx.resources.residency.unload(spec.model)


def describe(spec: Spec, ctx: JobContext) -> ModelDescription:
    """Anatomy, forecast and the choices a load would make, from the files' headers alone.

    A model that cannot be loaded as it is keeps its entry (with its problem) and has neither.
    """
    from engine.models.catalog import locate
    from engine.models.plan import plan_found

    assert isinstance(spec, DescribeModelSpec)
    found = locate(spec.model, ctx.resources)
    ctx.check()
    if found.weights.format == "none":
        return ModelDescription(found.entry, None, None)
    plan = plan_found(spec.model, found)
    return ModelDescription(
        found.entry,
        plan.blueprint.anatomy,
        plan.forecast,
        dtype=plan.dtype,
        dtype_reason=plan.dtype_reason,
        attention=plan.attention,
        attention_reason=plan.attention_reason,
    )


def count_tokens(spec: Spec, ctx: JobContext) -> tuple[int, ...]:
    """Tokens of each text by the model's tokenizer; no weights are read."""
    from engine.models.catalog import locate
    from engine.models.tokenizers import count_tokens as count

    assert isinstance(spec, CountTokensSpec)
    found = locate(spec.model, ctx.resources)
    ctx.check()
    return count(found, spec.texts, spec.model.options.trust_remote_code)


def download(spec: Spec, ctx: JobContext) -> DownloadPlan:
    """Plan a download and, unless it is a dry run, carry it out."""
    from engine.models.download import run

    assert isinstance(spec, DownloadSpec)
    return run(spec, ctx)
