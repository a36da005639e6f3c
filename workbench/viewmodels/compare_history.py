"""The last comparison of a project as it stood: its columns, with what was asked again since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.errors import BadSpec, EngineError
from engine.evaluation.spec import Branch, CellKey, CellResult, CompareSpec
from engine.models.reference import ModelRef
from workbench.viewmodels.compare_documents import narrowed

if TYPE_CHECKING:
    from engine.store.project import Project

LOOKED_AT: Final = 60


@dataclass(frozen=True)
class Place:
    """Where a column's answer is stored: a run of the project, and a cell in it."""

    run_id: str
    model: int = 0
    variant: int = 0
    item: int = 0

    @property
    def key(self) -> CellKey:
        """The cell, its question being the only one."""
        return CellKey(model=self.model, variant=self.variant)


@dataclass(frozen=True)
class StoredColumn:
    """One column of a stored comparison.

    Attributes:
        result: Its answer; None when the run ended before it.
        branch: The kept prefix, when the column continued another answer.
        paths: All samples, when there are several.
        place: Where it is stored; None = nowhere.
        pinned: It stays when the next run replaces the others.
    """

    spec: CompareSpec
    key: CellKey
    result: CellResult | None = None
    branch: Branch | None = None
    paths: tuple[CellResult, ...] = ()
    place: Place | None = None
    pinned: bool = False


@dataclass(frozen=True)
class OpenedRun:
    """One question of a stored comparison, to be shown as it stood.

    Attributes:
        run_id: Which run.
        spec: What it asked, with this question alone.
        columns: A column per model and technique.
        item: Which question, from 0.
        items: How many questions the run asked.
    """

    run_id: str
    spec: CompareSpec
    columns: tuple[StoredColumn, ...]
    item: int = 0
    items: int = 1


def opened_run(project: Project, run_id: str, item: int = 0) -> OpenedRun:
    """A stored comparison's columns for one of its questions.

    Raises:
        StoreError: There is no such run, or it cannot be read.
        BadSpec: It is no comparison, has no such question, or was saved by a newer version.
    """
    spec = project.load_spec(run_id)
    if not isinstance(spec, CompareSpec) or not 0 <= item < len(spec.items):
        raise BadSpec(f"The run “{run_id}” is no comparison.", "Choose a comparison.")
    alone = _alone(spec, item)
    columns = _columns(alone, _of_item(project, run_id, item), run_id, item)
    return OpenedRun(run_id, alone, tuple(columns), item, len(spec.items))


def columns_with_pinned(
    project: Project, pinned: tuple[tuple[int, Place], ...] = ()
) -> tuple[StoredColumn, ...]:
    """The last comparison's columns (`last_columns`), and those that were pinned, in their order.

    Args:
        project: The project.
        pinned: Position on screen and place of each pinned column, left to right. One whose run
            is gone is left out.

    Raises:
        StoreError, BadSpec: As of `last_columns`.
    """
    columns = list(last_columns(project))
    for position, place in pinned:
        at = next((at for at, one in enumerate(columns) if one.place == place), None)
        if at is not None:
            columns[at] = replace(columns[at], pinned=True)
            continue
        found = _pinned(project, place)
        if found is not None:
            columns.insert(position, found)
    return tuple(columns)


def _pinned(project: Project, place: Place) -> StoredColumn | None:
    try:
        spec = project.load_spec(place.run_id)
        cells = _of_item(project, place.run_id, place.item)
    except EngineError:  # the person deleted the run since, and with it what was pinned
        return None
    if not isinstance(spec, CompareSpec) or place.item >= len(spec.items):
        return None
    key = place.key
    found = next((cell for cell in cells if cell.key == key), None)
    alone = _alone(spec, place.item)
    return StoredColumn(alone, key, found, spec.branch, _paths(key, cells), place, pinned=True)


def _alone(spec: CompareSpec, item: int) -> CompareSpec:
    """The whole comparison of one question; consents of then are not consents of now."""
    return replace(
        narrowed(spec, item),
        models=tuple(map(_without_consents, spec.models)),
        items=(spec.items[item],),
        only=(),
        branch=None,
    )


def _of_item(project: Project, run_id: str, item: int) -> tuple[CellResult, ...]:
    cells = project.load_item(run_id, item)
    return tuple(replace(cell, key=replace(cell.key, item=0)) for cell in cells)


def last_columns(project: Project) -> tuple[StoredColumn, ...]:
    """Columns of the newest whole comparison, re-runs and branches since then included.

    Raises:
        StoreError: The project cannot be read.
        BadSpec: A run was saved by a newer version.
    """
    since: list[_Run] = []
    for run in _newest(project):
        if run.spec.only:
            since.append(run)
        else:
            return _with_later(_columns(run.spec, run.cells, run.id), reversed(since))
    return ()


@dataclass(frozen=True)
class _Run:
    """A stored comparison of one question."""

    id: str
    spec: CompareSpec
    cells: tuple[CellResult, ...]


def _newest(project: Project) -> Iterator[_Run]:
    """Comparisons of one question, newest first.

    One-time consents of then are not consents of now.
    """
    for run in project.runs(CompareSpec.kind, LOOKED_AT):
        if run.items > 1:
            continue
        spec, cells = project.load_run(run.id)
        if isinstance(spec, CompareSpec):
            asked = replace(spec, models=tuple(map(_without_consents, spec.models)))
            yield _Run(run.id, asked, cells)


def _without_consents(ref: ModelRef) -> ModelRef:
    return replace(ref, options=replace(ref.options, allow_pickle=False, trust_remote_code=False))


def _columns(
    spec: CompareSpec, cells: tuple[CellResult, ...], run_id: str, item: int = 0
) -> list[StoredColumn]:
    found = {cell.key: cell for cell in cells}
    keys = (
        CellKey(model=model, variant=variant)
        for model in range(len(spec.models))
        for variant in range(len(spec.variants))
    )
    return [
        StoredColumn(
            spec,
            key,
            found.get(key),
            paths=_paths(key, cells),
            place=Place(run_id, key.model, key.variant, item),
        )
        for key in keys
    ]


def _paths(key: CellKey, cells: Iterable[CellResult]) -> tuple[CellResult, ...]:
    """The samples of a column; nothing when there is only one."""
    own = tuple(cell for cell in cells if replace(cell.key, sample=0) == key)
    return own if len(own) > 1 else ()


def _with_later(columns: list[StoredColumn], later: Iterable[_Run]) -> tuple[StoredColumn, ...]:
    """Answers that were asked again replace the old ones; a check alone (batch 1) does not."""
    whole = columns[0].spec
    for run in later:
        if replace(run.spec, only=(), branch=None) != whole:
            continue
        branch = run.spec.branch
        for cell in run.cells:
            key = cell.key
            at = _place(columns, key, branch)
            place = Place(run.id, key.model, key.variant)
            fresh = StoredColumn(whole, key, cell, branch, _paths(key, run.cells), place)
            if at is not None:
                columns[at] = fresh
            elif branch is not None:
                source = _place(columns, key, None)
                columns.insert(len(columns) if source is None else source + 1, fresh)
    return tuple(columns)


def _place(columns: list[StoredColumn], key: CellKey, branch: Branch | None) -> int | None:
    return next(
        (at for at, one in enumerate(columns) if (one.key, one.branch) == (key, branch)), None
    )
