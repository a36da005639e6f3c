"""A finished answer to a question "why" is on disk before it is on screen."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from engine.errors import StoreError
from engine.evaluation.evidence.spec import EvidenceSpec
from engine.jobs.spec import Spec

if TYPE_CHECKING:
    from engine.jobs.job import JobContext
    from engine.store.results import Evidence

log = logging.getLogger(__name__)
R = TypeVar("R", bound="Evidence")


def kept(run: Callable[[Spec, JobContext], R]) -> Callable[[Spec, JobContext], R]:
    """A run function whose result is stored in the project, where there is one.

    What cannot be stored (a full disk) is returned all the same; why is published as an
    `ErrorReport`.
    """

    @wraps(run)
    def keeping(spec: Spec, ctx: JobContext) -> R:
        started = time.monotonic()
        result = run(spec, ctx)
        project = ctx.resources.project
        if project is not None:
            from engine.store.results import keep_result

            assert isinstance(spec, EvidenceSpec)
            try:
                keep_result(project, spec, result, time.monotonic() - started)
            except StoreError as error:
                log.warning("The evidence is not stored: %s", error)
                ctx.partial(error.report())
        return result

    return keeping
