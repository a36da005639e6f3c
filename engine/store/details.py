"""A stored run as a whole: its result, its figures, where its numbers come from."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, replace

import msgspec

from engine.errors import BadSpec, StoreError
from engine.evaluation.spec import (
    CellResult,
    CompareResult,
    CompareSpec,
    Provenance,
    VariantSummary,
    Vote,
)
from engine.evaluation.statistics.comparison import Comparison, compare_variants
from engine.evaluation.summary import summarise
from engine.jobs.spec import Spec
from engine.store import results
from engine.store.project import Project
from engine.store.results import Evidence
from engine.store.runs import RunInfo

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunDetails:
    """What is shown of one run beside its row in the list.

    Attributes:
        info: Its row.
        spec: What was asked.
        summaries: A comparison's figures per model and column, over the cells that are stored.
        environments: The distinct environments of its cells, whatever their batch sizes.
        votes: A comparison's votes.
        errors: Each distinct error of a cell, and how many cells have it.
        comparison: Its columns tested against each other; None with one column or one item.
        evidence: What a question "why" found; None for a comparison.
    """

    info: RunInfo
    spec: Spec
    summaries: tuple[VariantSummary, ...] = ()
    environments: tuple[Provenance, ...] = ()
    votes: tuple[Vote, ...] = ()
    errors: tuple[tuple[str, int], ...] = ()
    comparison: Comparison | None = None
    evidence: Evidence | None = None


def result_of(project: Project, run_id: str) -> tuple[CompareSpec, CompareResult]:
    """A stored comparison with all its cells and tokens, as the job returned it.

    Raises:
        StoreError: There is no such run, or it cannot be read.
        BadSpec: It is of another kind, or was saved by a newer version.
    """
    spec, cells = project.load_run(run_id)
    if not isinstance(spec, CompareSpec):
        raise BadSpec(f"The run “{run_id}” is no comparison.", "Choose a comparison.")
    votes = project.votes(run_id)
    info = project.run(run_id)
    result = CompareResult(run_id, cells, summarise(spec, cells), seconds=info.seconds, votes=votes)
    return spec, result


def details_of(project: Project, run_id: str) -> RunDetails:
    """What is shown of one run; its tokens are not read.

    Raises:
        StoreError: There is no such run, or it cannot be read.
        BadSpec: It was saved by a newer version.
    """
    info = project.run(run_id)
    spec, cells = project.load_run(run_id, tokens=False)
    if not isinstance(spec, CompareSpec):
        return RunDetails(info, spec, evidence=results.result_of(project, run_id))
    votes = project.votes(run_id)
    errors: dict[str, int] = {}
    for cell in cells:
        if cell.error is not None:
            errors[str(cell.error)] = errors.get(str(cell.error), 0) + 1
    counted = project.read(lambda connection: _token_figures(connection, run_id))
    summaries = summarise(spec, cells, votes)
    return RunDetails(
        info=info,
        spec=spec,
        summaries=tuple(map(_counted, summaries, counted)),
        environments=project.read(lambda connection: _environments(connection, run_id)),
        votes=votes,
        errors=tuple(errors.items()),
        comparison=_comparison(project, info, spec, cells, votes),
    )


def _comparison(
    project: Project,
    info: RunInfo,
    spec: CompareSpec,
    cells: tuple[CellResult, ...],
    votes: tuple[Vote, ...],
) -> Comparison | None:
    """The paired comparison of a run's columns; that of a finished run is worked out once.

    A run that goes on has none yet: it would change with each cell, and takes seconds.
    """
    if info.status == "running":
        return None
    if len(spec.items) < 2 or len(spec.variants) * len(spec.models) < 2 or not cells:
        return None
    known = _kept_comparison(project, info.id)
    if known is not None:
        return known
    found = compare_variants(spec, cells, votes)
    if info.status == "finished":
        try:
            project.save_comparison(info.id, msgspec.json.encode(found).decode())
        except StoreError as error:  # it is worked out again; the details are shown all the same
            log.warning("the comparison of %s was not kept: %s", info.id, error)
    return found


def _kept_comparison(project: Project, run_id: str) -> Comparison | None:
    """The stored comparison; one that this version cannot read counts as none."""
    known = project.comparison(run_id)
    try:
        return None if known is None else msgspec.json.decode(known, type=Comparison)
    except msgspec.DecodeError as error:
        log.info("the comparison of %s is worked out again: %s", run_id, error)
        return None


def _token_figures(connection: sqlite3.Connection, run_id: str) -> list[tuple[int, float]]:
    """New tokens and their summed log-probability per model and column, in key order."""
    rows = connection.execute(
        "SELECT coalesce(sum(new_tokens), 0), coalesce(sum(logprob), 0) FROM cell"
        " LEFT JOIN generation ON generation.cell_id = cell.id AND generation.stage = -1"
        " WHERE run_id=? GROUP BY model, variant ORDER BY model, variant",
        (run_id,),
    )
    return [(row[0], row[1]) for row in rows]


def _counted(summary: VariantSummary, counted: tuple[int, float]) -> VariantSummary:
    tokens, logprob = counted
    return replace(summary, new_tokens=tokens, mean_logprob=logprob / tokens if tokens else 0.0)


def _environments(connection: sqlite3.Connection, run_id: str) -> tuple[Provenance, ...]:
    rows = connection.execute(
        "SELECT provenance FROM environment WHERE id IN"
        " (SELECT environment_id FROM cell WHERE run_id=?) ORDER BY id",
        (run_id,),
    )
    found: list[Provenance] = []
    for row in rows:
        one = replace(msgspec.json.decode(row[0], type=Provenance), batch_size=0)
        if one not in found:
            found.append(one)
    return tuple(found)
