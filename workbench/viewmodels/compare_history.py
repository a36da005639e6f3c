"""The last comparison of a project as it stood: its columns, with what was asked again since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.errors import BadSpec
from engine.evaluation.spec import Branch, CellKey, CellResult, CompareSpec
from engine.models.reference import ModelRef

if TYPE_CHECKING:
    from engine.store.project import Project

LOOKED_AT: Final = 60


@dataclass(frozen=True)
class StoredColumn:
    """One column of a stored comparison.

    Attributes:
        result: Its answer; None when the run ended before it.
        branch: The kept prefix, when the column continued another answer.
        paths: All samples, when there are several.
    """

    spec: CompareSpec
    key: CellKey
    result: CellResult | None = None
    branch: Branch | None = None
    paths: tuple[CellResult, ...] = ()


@dataclass(frozen=True)
class OpenedRun:
    """One question of a stored comparison, to be shown as it stood.

    Attributes:
        run_id: Which run.
        spec: What it asked, with this question alone.
        columns: A column per model and technique.
    """

    run_id: str
    spec: CompareSpec
    columns: tuple[StoredColumn, ...]


def opened_run(project: Project, run_id: str, item: int = 0) -> OpenedRun:
    """A stored comparison's columns for one of its questions.

    Raises:
        StoreError: There is no such run, or it cannot be read.
        BadSpec: It is no comparison, has no such question, or was saved by a newer version.
    """
    spec = project.load_spec(run_id)
    if not isinstance(spec, CompareSpec) or not 0 <= item < len(spec.items):
        raise BadSpec(f"The run “{run_id}” is no comparison.", "Choose a comparison.")
    alone = replace(
        spec,
        models=tuple(map(_without_consents, spec.models)),
        items=(spec.items[item],),
        only=(),
        branch=None,
    )
    cells = tuple(
        replace(cell, key=replace(cell.key, item=0)) for cell in project.load_item(run_id, item)
    )
    return OpenedRun(run_id, alone, tuple(_columns(alone, cells)))


def last_columns(project: Project) -> tuple[StoredColumn, ...]:
    """Columns of the newest whole comparison, re-runs and branches since then included.

    Raises:
        StoreError: The project cannot be read.
        BadSpec: A run was saved by a newer version.
    """
    since: list[tuple[CompareSpec, tuple[CellResult, ...]]] = []
    for spec, cells in _newest(project):
        if spec.only:
            since.append((spec, cells))
        else:
            return _with_later(_columns(spec, cells), reversed(since))
    return ()


def _newest(project: Project) -> Iterator[tuple[CompareSpec, tuple[CellResult, ...]]]:
    """Comparisons of one question, newest first.

    One-time consents of then are not consents of now.
    """
    for run in project.runs(CompareSpec.kind, LOOKED_AT):
        if run.items > 1:
            continue
        spec, cells = project.load_run(run.id)
        if isinstance(spec, CompareSpec):
            yield replace(spec, models=tuple(map(_without_consents, spec.models))), cells


def _without_consents(ref: ModelRef) -> ModelRef:
    return replace(ref, options=replace(ref.options, allow_pickle=False, trust_remote_code=False))


def _columns(spec: CompareSpec, cells: tuple[CellResult, ...]) -> list[StoredColumn]:
    found = {cell.key: cell for cell in cells}
    keys = (
        CellKey(model=model, variant=variant)
        for model in range(len(spec.models))
        for variant in range(len(spec.variants))
    )
    return [StoredColumn(spec, key, found.get(key), paths=_paths(key, cells)) for key in keys]


def _paths(key: CellKey, cells: Iterable[CellResult]) -> tuple[CellResult, ...]:
    """The samples of a column; nothing when there is only one."""
    own = tuple(cell for cell in cells if replace(cell.key, sample=0) == key)
    return own if len(own) > 1 else ()


def _with_later(
    columns: list[StoredColumn],
    later: Iterable[tuple[CompareSpec, tuple[CellResult, ...]]],
) -> tuple[StoredColumn, ...]:
    """Answers that were asked again replace the old ones; a check alone (batch 1) does not."""
    whole = columns[0].spec
    for spec, cells in later:
        if replace(spec, only=(), branch=None) != whole:
            continue
        for cell in cells:
            place = _place(columns, cell.key, spec.branch)
            fresh = StoredColumn(whole, cell.key, cell, spec.branch, _paths(cell.key, cells))
            if place is not None:
                columns[place] = fresh
            elif spec.branch is not None:
                source = _place(columns, cell.key, None)
                columns.insert(len(columns) if source is None else source + 1, fresh)
    return tuple(columns)


def _place(columns: list[StoredColumn], key: CellKey, branch: Branch | None) -> int | None:
    return next(
        (at for at, one in enumerate(columns) if (one.key, one.branch) == (key, branch)), None
    )
