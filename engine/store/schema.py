"""The project file's tables, as migrations: version n is reached from n − 1 by the n-th script.

Later kinds of run add tables beside these; a run's spec is its own JSON, so `run` never changes.
"""

from __future__ import annotations

import sqlite3

from engine.errors import StoreError

APPLICATION_ID = 0x4C617468  # "Lath"

_FIRST = """
CREATE TABLE environment(
    id INTEGER PRIMARY KEY,
    provenance TEXT NOT NULL UNIQUE          -- JSON of a Provenance
);
CREATE TABLE run(
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    spec TEXT NOT NULL,                      -- as engine.jobs.spec.encode writes it
    status TEXT NOT NULL,                    -- running finished cancelled failed interrupted
    owner INTEGER NOT NULL,                  -- process that runs it
    started REAL NOT NULL,                   -- POSIX seconds
    ended REAL
);
CREATE INDEX run_by_kind ON run(kind, started);
CREATE TABLE cell(
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    model INTEGER NOT NULL,
    variant INTEGER NOT NULL,
    item INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    label TEXT NOT NULL,
    item_id TEXT NOT NULL,
    expected TEXT,
    sent TEXT NOT NULL,                      -- JSON of SentParts
    prompt_ids BLOB NOT NULL,                -- int32, little-endian
    extractions TEXT NOT NULL,               -- JSON of Extractions
    correct INTEGER,                         -- by the primary rule: 0, 1 or NULL
    environment_id INTEGER REFERENCES environment(id),
    error TEXT,                              -- JSON of an ErrorReport
    UNIQUE(run_id, model, variant, item, sample)
);
CREATE TABLE generation(
    cell_id INTEGER PRIMARY KEY REFERENCES cell(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    finish TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    reused_tokens INTEGER NOT NULL,
    new_tokens INTEGER NOT NULL,
    first_token_ms REAL NOT NULL,
    total_ms REAL NOT NULL,
    batch_size INTEGER NOT NULL,
    tokens BLOB NOT NULL                     -- engine.store.tokens
);
"""

MIGRATIONS: tuple[str, ...] = (_FIRST,)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file to the newest version, each step in its own transaction.

    Raises:
        StoreError: The file was written by a newer version, or is no project.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The project was saved by a newer version (format {version}).",
            "Update Lathe and open it again.",
        )
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreError(
            "The file is a database of another program.",
            "Choose a Lathe project, or a new file name.",
        )
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(
            f"BEGIN IMMEDIATE;{MIGRATIONS[number]}"
            f"PRAGMA application_id={APPLICATION_ID};PRAGMA user_version={number + 1};COMMIT;"
        )
