"""Results of runs that are no comparisons: kept whole, as they were returned."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from engine.errors import BadSpec, StoreError
from engine.evaluation.evidence.attribute_spec import AttributeSpec, Attribution
from engine.evaluation.evidence.cross_spec import CrossResult, CrossSpec
from engine.evaluation.evidence.order_spec import OrderResult, OrderSpec
from engine.evaluation.evidence.spec import EvidenceSpec
from engine.evaluation.evidence.states_spec import StatesResult, StatesSpec
from engine.store import runs
from engine.store.filing import read_spec

if TYPE_CHECKING:
    from engine.store.project import Project

Evidence = Attribution | CrossResult | OrderResult | StatesResult
E = TypeVar("E", bound=EvidenceSpec)

RESULTS: Final[dict[str, type[Evidence]]] = {
    AttributeSpec.kind: Attribution,
    CrossSpec.kind: CrossResult,
    OrderSpec.kind: OrderResult,
    StatesSpec.kind: StatesResult,
}
VERSION: Final = 1
LOOKED_AT: Final = 60  # newest runs in which earlier evidence is looked for


def keep_result(project: Project, spec: EvidenceSpec, result: Evidence, seconds: float) -> str:
    """Enter a finished run with its result, in one transaction; returns the run's id.

    Raises:
        StoreError: It cannot be written; the file is as before.
    """
    return project.write(partial(_write, spec, result, seconds))


def result_of(project: Project, run_id: str) -> Evidence | None:
    """The result of a run; None when it has none (a comparison).

    Raises:
        StoreError: There is no such run, or its result cannot be read.
    """
    return project.read(partial(_read, run_id))


def earlier(
    project: Project, meant: Callable[[EvidenceSpec], bool]
) -> dict[str, tuple[EvidenceSpec, Evidence]]:
    """The newest stored result of each kind whose question is meant.

    Raises:
        StoreError: The project cannot be read.
    """
    return project.read(partial(_earlier, meant))


def _write(
    spec: EvidenceSpec, result: Evidence, seconds: float, connection: sqlite3.Connection
) -> str:
    run_id = runs.insert_run(connection, spec, 0)
    runs.end_run(connection, run_id, "finished")
    connection.execute(
        "UPDATE run SET started=?, seconds=? WHERE id=?", (time.time() - seconds, seconds, run_id)
    )
    connection.executemany(
        "INSERT INTO run_model VALUES (?,?,?)",
        [(run_id, position, ref.id) for position, ref in enumerate(spec.read_models())],
    )
    content = zlib.compress(msgspec.json.encode(result))
    connection.execute("INSERT INTO result VALUES (?,?,?)", (run_id, VERSION, content))
    return run_id


def _read(run_id: str, connection: sqlite3.Connection) -> Evidence | None:
    kind = runs.run_row(connection, run_id)["kind"]
    row = connection.execute("SELECT * FROM result WHERE run_id=?", (run_id,)).fetchone()
    if row is None or kind not in RESULTS:
        return None
    try:
        return msgspec.json.decode(zlib.decompress(row["content"]), type=RESULTS[kind])
    except (zlib.error, msgspec.DecodeError) as error:
        raise StoreError(
            f"The result of the run “{run_id}” cannot be read.",
            "Ask the question again; the comparison that it is about is whole.",
            detail=str(error),
        ) from error


def _earlier(
    meant: Callable[[EvidenceSpec], bool], connection: sqlite3.Connection
) -> dict[str, tuple[EvidenceSpec, Evidence]]:
    rows = connection.execute(
        "SELECT run.* FROM run JOIN result ON result.run_id = run.id WHERE deleted IS NULL"
        " ORDER BY started DESC, run.rowid DESC LIMIT ?",
        (LOOKED_AT,),
    ).fetchall()
    found: dict[str, tuple[EvidenceSpec, Evidence]] = {}
    for row in rows:
        if row["kind"] in found or row["kind"] not in RESULTS:
            continue
        try:
            spec = read_spec(connection, row)
        except BadSpec:
            continue  # saved by a newer version: asked anew
        if isinstance(spec, EvidenceSpec) and meant(spec):
            result = _read(row["id"], connection)
            if result is not None:
                found[row["kind"]] = spec, result
    return found
