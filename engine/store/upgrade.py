"""From format 1 to 2: what stood as JSON in a cell's row moves to tables of its own."""

from __future__ import annotations

import sqlite3

import msgspec
import numpy as np

from engine.errors import BadSpec, StoreError
from engine.evaluation.spec import Extraction, Provenance, SentPart
from engine.jobs.spec import decode
from engine.store.filing import file_spec
from engine.store.rows import ANSWER, model_of, write_extractions
from engine.store.sent import write_sent
from engine.store.tokens import unpack


def fill_second(connection: sqlite3.Connection) -> None:
    """Fill the tables of format 2 from the columns of format 1."""
    connection.execute("UPDATE run SET owned=started, seconds=max(0, coalesce(ended-started, 0))")
    for row in connection.execute("SELECT id, spec, title FROM run").fetchall():
        connection.execute(
            "INSERT INTO words(kind, run_id, text) VALUES ('title',?,?)", (row["id"], row["title"])
        )
        try:
            file_spec(connection, row["id"], decode(row["spec"]))
        except BadSpec:
            continue  # of a kind that this version does not know: stays as it is
    for row in connection.execute("SELECT id, provenance FROM environment").fetchall():
        origin = msgspec.json.decode(row["provenance"], type=Provenance)
        connection.execute(
            "UPDATE environment SET model_id=? WHERE id=?",
            (model_of(connection, origin), row["id"]),
        )
    for table, move in (("cell", _move_cell), ("old_generation", _move_generation)):
        for (number,) in connection.execute(f"SELECT rowid FROM {table}").fetchall():
            row = connection.execute(f"SELECT * FROM {table} WHERE rowid=?", (number,)).fetchone()
            move(connection, row)


def _move_cell(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    parts = msgspec.json.decode(row["sent"], type=tuple[SentPart, ...])
    ids = tuple(np.frombuffer(row["prompt_ids"], dtype="<i4").tolist())
    sent_id = write_sent(connection, parts, ids)
    connection.execute("UPDATE cell SET sent_id=? WHERE id=?", (sent_id, row["id"]))
    found = msgspec.json.decode(row["extractions"], type=tuple[Extraction, ...])
    write_extractions(connection, row["id"], found)


def _move_generation(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    try:
        logprob = sum(token.logprob for token in unpack(row["tokens"]))
    except StoreError:  # a damaged blob is told when its tokens are asked for, the text is whole
        logprob = 0.0
    connection.execute(
        "INSERT INTO generation(cell_id, stage, text, finish, prompt_tokens, reused_tokens,"
        " new_tokens, logprob, first_token_ms, total_ms, batch_size, tokens)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            row["cell_id"],
            ANSWER,
            row["text"],
            row["finish"],
            row["prompt_tokens"],
            row["reused_tokens"],
            row["new_tokens"],
            logprob,
            row["first_token_ms"],
            row["total_ms"],
            row["batch_size"],
            row["tokens"],
        ),
    )
    if row["text"].strip():
        connection.execute(
            "INSERT INTO words(kind, cell_id, text) VALUES ('answer',?,?)",
            (row["cell_id"], row["text"]),
        )
