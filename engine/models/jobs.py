"""The model jobs' run functions, as `engine.jobs.registry` names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.jobs.spec import Spec
from engine.models.spec import LoadedInfo, LoadModelSpec, UnloadModelSpec

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
