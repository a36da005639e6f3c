"""Cells to table rows and back.

Tokens are the bulk of a cell and stand in the last column of `generation`: a reader that does
without them never touches their pages.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

import msgspec

from engine.decoding.records import FinishReason, Generation
from engine.errors import ErrorReport
from engine.evaluation.spec import CellKey, CellResult, Extraction, LabelScore, Provenance, Stage
from engine.store.sent import read_sent, write_sent
from engine.store.tokens import pack, unpack

ANSWER = -1  # `generation.stage` of a cell's own answer

_CELLS = """
SELECT cell.*, environment.provenance, sent.content AS sent
FROM cell
LEFT JOIN environment ON environment.id = cell.environment_id
LEFT JOIN sent ON sent.id = cell.sent_id
WHERE {where}
ORDER BY cell.model, cell.variant, cell.item, cell.sample
"""
_GENERATIONS = """
SELECT generation.cell_id, generation.stage, text, finish, prompt_tokens, reused_tokens,
       first_token_ms, total_ms, batch_size, first, last, lead_first, lead_last{tokens}
FROM generation LEFT JOIN forced USING (cell_id, stage)
WHERE generation.cell_id IN (SELECT cell.id FROM cell WHERE {where})
"""
_STAGES = """
SELECT stage.*, sent.content AS sent FROM stage LEFT JOIN sent ON sent.id = stage.sent_id
WHERE cell_id IN (SELECT cell.id FROM cell WHERE {where}) ORDER BY cell_id, position
"""
_EXTRACTIONS = """
SELECT * FROM extraction
WHERE cell_id IN (SELECT cell.id FROM cell WHERE {where}) ORDER BY cell_id, position
"""


def write_cell(connection: sqlite3.Connection, run_id: str, cell: CellResult) -> None:
    """Insert a cell with all that belongs to it, replacing an earlier one of the same key."""
    key = cell.key
    place = (run_id, key.model, key.variant, key.item, key.sample)
    connection.execute("DELETE FROM comparison WHERE run_id=?", (run_id,))
    connection.execute(
        "DELETE FROM cell WHERE run_id=? AND model=? AND variant=? AND item=? AND sample=?", place
    )
    cursor = connection.execute(
        "INSERT INTO cell(run_id, model, variant, item, sample, label, item_id, expected, sent_id,"
        " correct, environment_id, error, labels, decided_by)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *place,
            cell.variant,
            cell.item_id,
            cell.expected,
            write_sent(connection, cell.sent, cell.prompt_ids),
            cell.correct,
            _environment(connection, cell.provenance),
            _json(cell.error) if cell.error is not None else None,
            _json(cell.labels) if cell.labels else None,
            cell.decided_by,
        ),
    )
    cell_id = cursor.lastrowid
    assert cell_id is not None
    write_extractions(connection, cell_id, cell.extractions)
    if cell.generation is not None:
        write_generation(connection, cell_id, ANSWER, cell.generation)
    for position, stage in enumerate(cell.stages):
        _write_stage(connection, cell_id, position, stage)


def write_extractions(
    connection: sqlite3.Connection, cell_id: int, found: tuple[Extraction, ...]
) -> None:
    """What the rules read in a cell's answer, the primary one first."""
    connection.executemany(
        "INSERT INTO extraction VALUES (?,?,?,?,?,?,?)",
        [
            (cell_id, position, one.rule, one.value, one.start, one.end, one.correct)
            for position, one in enumerate(found)
        ],
    )


def write_generation(
    connection: sqlite3.Connection, cell_id: int, stage: int, said: Generation
) -> None:
    """A text that the model said, with its tokens; what was said can be searched."""
    connection.execute(
        "INSERT INTO generation(cell_id, stage, text, finish, prompt_tokens, reused_tokens,"
        " new_tokens, logprob, first_token_ms, total_ms, batch_size, tokens)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            cell_id,
            stage,
            said.text,
            said.finish,
            said.prompt_tokens,
            said.reused_tokens,
            len(said.chosen),
            said.logprob,
            said.first_token_ms,
            said.total_ms,
            said.batch_size,
            pack(said.tokens),
        ),
    )
    if said.forced[0] < said.forced[1]:
        connection.execute(
            "INSERT INTO forced VALUES (?,?,?,?,?,?)", (cell_id, stage, *said.forced, *said.lead)
        )
    if said.text.strip():
        connection.execute(
            "INSERT INTO words(kind, cell_id, text) VALUES (?,?,?)",
            ("answer" if stage == ANSWER else "stage", cell_id, said.text),
        )


def read_cells(
    connection: sqlite3.Connection, run_id: str, *, tokens: bool = True, item: int | None = None
) -> tuple[CellResult, ...]:
    """A run's cells in key order.

    Args:
        connection: The project's.
        run_id: Which run.
        tokens: Whether answers bring their token records (they are most of the work).
        item: Only the cells of this item.
    """
    where, values = "cell.run_id = ?", (run_id,) if item is None else (run_id, item)
    if item is not None:
        where += " AND cell.item = ?"

    def rows(query: str, **more: str) -> sqlite3.Cursor:
        return connection.execute(query.format(where=where, **more), values)

    said: dict[tuple[int, int], Generation] = {}
    for row in rows(_GENERATIONS, tokens=", tokens" if tokens else ""):
        said[row["cell_id"], row["stage"]] = _generation(row, tokens)
    found: dict[int, list[Extraction]] = {}
    for row in rows(_EXTRACTIONS):
        found.setdefault(row["cell_id"], []).append(_extraction(row))
    stages: dict[int, list[Stage]] = {}
    for row in rows(_STAGES):
        stage = _stage(row, said.get((row["cell_id"], row["position"])))
        stages.setdefault(row["cell_id"], []).append(stage)
    origins: dict[str, Provenance] = {}
    return tuple(
        replace(
            _cell(row, origins),
            generation=said.get((row["id"], ANSWER)),
            extractions=tuple(found.get(row["id"], ())),
            stages=tuple(stages.get(row["id"], ())),
        )
        for row in rows(_CELLS)
    )


def _cell(row: sqlite3.Row, origins: dict[str, Provenance]) -> CellResult:
    """A cell without what stands in other tables; equal provenances become one object."""
    provenance, error, labels = row["provenance"], row["error"], row["labels"]
    if provenance is not None and provenance not in origins:
        origins[provenance] = msgspec.json.decode(provenance, type=Provenance)
    sent, prompt_ids = read_sent(row["sent"])
    return CellResult(
        key=CellKey(row["model"], row["variant"], row["item"], row["sample"]),
        variant=row["label"],
        item_id=row["item_id"],
        expected=row["expected"],
        sent=sent,
        prompt_ids=prompt_ids,
        provenance=origins.get(provenance),
        error=msgspec.json.decode(error, type=ErrorReport) if error else None,
        labels=msgspec.json.decode(labels, type=tuple[LabelScore, ...]) if labels else (),
        decided_by=row["decided_by"],
    )


def _generation(row: sqlite3.Row, tokens: bool) -> Generation:
    return Generation(
        text=row["text"],
        tokens=unpack(row["tokens"]) if tokens else (),
        finish=msgspec.convert(row["finish"], FinishReason),
        prompt_tokens=row["prompt_tokens"],
        reused_tokens=row["reused_tokens"],
        first_token_ms=row["first_token_ms"],
        total_ms=row["total_ms"],
        batch_size=row["batch_size"],
        forced=(row["first"] or 0, row["last"] or 0),
        lead=(row["lead_first"] or 0, row["lead_last"] or 0),
    )


def _extraction(row: sqlite3.Row) -> Extraction:
    score = row["score"]
    correct = None if score is None else bool(score)
    return Extraction(row["rule"], row["value"], row["first"], row["last"], correct)


_ELSEWHERE = ("generation", "sent", "prompt_ids")


def _write_stage(connection: sqlite3.Connection, cell_id: int, position: int, stage: Stage) -> None:
    sent_id = write_sent(connection, stage.sent, stage.prompt_ids)
    bare = replace(stage, generation=None, sent=(), prompt_ids=())
    plain: dict[str, Any] = msgspec.to_builtins(bare)
    content = {name: value for name, value in plain.items() if name not in _ELSEWHERE}
    connection.execute(
        "INSERT INTO stage VALUES (?,?,?,?,?)",
        (cell_id, position, stage.kind, _json(content), sent_id),
    )
    if stage.generation is not None:
        write_generation(connection, cell_id, position, stage.generation)


def _stage(row: sqlite3.Row, said: Generation | None) -> Stage:
    sent, prompt_ids = read_sent(row["sent"])
    bare = msgspec.json.decode(row["content"], type=Stage)
    return replace(bare, generation=said, sent=sent, prompt_ids=prompt_ids)


def _environment(connection: sqlite3.Connection, provenance: Provenance | None) -> int | None:
    """The row of a provenance; cells of one batch share it."""
    if provenance is None:
        return None
    text = _json(provenance)
    found = connection.execute("SELECT id FROM environment WHERE provenance=?", (text,)).fetchone()
    if found is not None:
        return int(found[0])
    model = model_of(connection, provenance)
    made = connection.execute(
        "INSERT INTO environment(provenance, model_id) VALUES (?,?)", (text, model)
    )
    return made.lastrowid


def model_of(connection: sqlite3.Connection, origin: Provenance) -> int:
    """The row of a model in one state: its weights, how they are held, what was done to them."""
    state = (
        origin.model,
        origin.revision,
        origin.weights_sha,
        origin.quantization,
        _json(origin.edits),
    )
    connection.execute(
        "INSERT OR IGNORE INTO model(name, revision, weights_sha, quantization, edits)"
        " VALUES (?,?,?,?,?)",
        state,
    )
    found = connection.execute(
        "SELECT id FROM model WHERE name=? AND revision=? AND weights_sha=? AND quantization=?"
        " AND edits=?",
        state,
    )
    return int(found.fetchone()[0])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
