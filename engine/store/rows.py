"""Cells to table rows and back."""

from __future__ import annotations

import sqlite3

import msgspec
import numpy as np

from engine.decoding.records import FinishReason, Generation
from engine.errors import ErrorReport
from engine.evaluation.spec import CellKey, CellResult, Extraction, Provenance, SentPart
from engine.store.tokens import pack, unpack

CELL_QUERY = """
SELECT cell.*, environment.provenance, generation.text, generation.finish,
       generation.prompt_tokens, generation.reused_tokens, generation.first_token_ms,
       generation.total_ms, generation.batch_size, generation.tokens
FROM cell
LEFT JOIN environment ON environment.id = cell.environment_id
LEFT JOIN generation ON generation.cell_id = cell.id
WHERE cell.run_id = ?
ORDER BY cell.model, cell.variant, cell.item, cell.sample
"""


def write_cell(connection: sqlite3.Connection, run_id: str, cell: CellResult) -> None:
    """Insert a cell and its answer, replacing an earlier one of the same key."""
    key = cell.key
    place = (run_id, key.model, key.variant, key.item, key.sample)
    connection.execute(
        "DELETE FROM cell WHERE run_id=? AND model=? AND variant=? AND item=? AND sample=?", place
    )
    cursor = connection.execute(
        "INSERT INTO cell(run_id, model, variant, item, sample, label, item_id, expected, sent,"
        " prompt_ids, extractions, correct, environment_id, error)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *place,
            cell.variant,
            cell.item_id,
            cell.expected,
            _json(cell.sent),
            np.array(cell.prompt_ids, dtype="<i4").tobytes(),
            _json(cell.extractions),
            cell.correct,
            _environment(connection, cell.provenance),
            _json(cell.error) if cell.error is not None else None,
        ),
    )
    answer = cell.generation
    if answer is not None:
        connection.execute(
            "INSERT INTO generation VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                cursor.lastrowid,
                answer.text,
                answer.finish,
                answer.prompt_tokens,
                answer.reused_tokens,
                len(answer.tokens),
                answer.first_token_ms,
                answer.total_ms,
                answer.batch_size,
                pack(answer.tokens),
            ),
        )


def read_cell(row: sqlite3.Row) -> CellResult:
    """The cell of one row of `CELL_QUERY`."""
    generation = None
    if row["tokens"] is not None:
        generation = Generation(
            text=row["text"],
            tokens=unpack(row["tokens"]),
            finish=msgspec.convert(row["finish"], FinishReason),
            prompt_tokens=row["prompt_tokens"],
            reused_tokens=row["reused_tokens"],
            first_token_ms=row["first_token_ms"],
            total_ms=row["total_ms"],
            batch_size=row["batch_size"],
        )
    provenance, error = row["provenance"], row["error"]
    return CellResult(
        key=CellKey(row["model"], row["variant"], row["item"], row["sample"]),
        variant=row["label"],
        item_id=row["item_id"],
        expected=row["expected"],
        sent=msgspec.json.decode(row["sent"], type=tuple[SentPart, ...]),
        prompt_ids=tuple(np.frombuffer(row["prompt_ids"], dtype="<i4").tolist()),
        generation=generation,
        extractions=msgspec.json.decode(row["extractions"], type=tuple[Extraction, ...]),
        provenance=msgspec.json.decode(provenance, type=Provenance) if provenance else None,
        error=msgspec.json.decode(error, type=ErrorReport) if error else None,
    )


def _environment(connection: sqlite3.Connection, provenance: Provenance | None) -> int | None:
    """The row of a provenance; cells of one batch share it."""
    if provenance is None:
        return None
    text = _json(provenance)
    connection.execute("INSERT OR IGNORE INTO environment(provenance) VALUES (?)", (text,))
    found = connection.execute("SELECT id FROM environment WHERE provenance=?", (text,))
    return int(found.fetchone()[0])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
