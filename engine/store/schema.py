"""The project file's tables, as migrations: version n is reached from n − 1 by the n-th step.

A run's spec is its own JSON, so a new kind of run adds tables beside these and changes none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from engine.errors import StoreError
from engine.store.upgrade import fill_second

APPLICATION_ID = 0x4C617468  # "Lath"
Step = Callable[[sqlite3.Connection], None]

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

_SECOND_BEGINS = """
CREATE TABLE item_set(
    id INTEGER PRIMARY KEY,
    sha TEXT NOT NULL UNIQUE,                -- SHA-256 of the items: equal sets are kept once
    size INTEGER NOT NULL
);
CREATE TABLE item(
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES item_set(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,                   -- JSON of an Item
    UNIQUE(set_id, position)
);
CREATE TABLE prompt(
    id INTEGER PRIMARY KEY,
    sha TEXT NOT NULL UNIQUE,                -- SHA-256 of the content: every version once
    content TEXT NOT NULL,                   -- JSON of PromptElements
    first_used REAL NOT NULL
);
CREATE TABLE model(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    revision TEXT NOT NULL,
    weights_sha TEXT NOT NULL,
    quantization TEXT NOT NULL,
    edits TEXT NOT NULL,                     -- JSON list: pruning, context extension …
    UNIQUE(name, revision, weights_sha, quantization, edits)
);
ALTER TABLE environment ADD COLUMN model_id INTEGER REFERENCES model(id);
ALTER TABLE run ADD COLUMN name TEXT NOT NULL DEFAULT '';        -- the person's own title
ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN deleted REAL;                         -- in the bin since then
ALTER TABLE run ADD COLUMN owned REAL NOT NULL DEFAULT 0;        -- since when `owner` runs it
ALTER TABLE run ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;   -- cells it was to have
ALTER TABLE run ADD COLUMN seconds REAL NOT NULL DEFAULT 0;      -- that it took, resumed parts too
ALTER TABLE run ADD COLUMN item_set_id INTEGER REFERENCES item_set(id);  -- of the spec's items
CREATE INDEX run_by_set ON run(item_set_id);
CREATE TABLE tag(
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY(run_id, name)
) WITHOUT ROWID;
CREATE TABLE run_model(
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY(run_id, position)
) WITHOUT ROWID;
CREATE INDEX run_model_by_name ON run_model(name);
CREATE TABLE run_prompt(
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    variant INTEGER NOT NULL,                -- −1: the run's own
    prompt_id INTEGER NOT NULL REFERENCES prompt(id),
    PRIMARY KEY(run_id, variant)
) WITHOUT ROWID;
CREATE INDEX run_prompt_by_prompt ON run_prompt(prompt_id);
CREATE TABLE sent(
    id INTEGER PRIMARY KEY,
    sha BLOB NOT NULL UNIQUE,                -- samples of a cell share it
    content BLOB NOT NULL                    -- engine.store.sent
);
ALTER TABLE cell ADD COLUMN sent_id INTEGER REFERENCES sent(id);
ALTER TABLE cell ADD COLUMN labels TEXT;     -- JSON of LabelScores
ALTER TABLE cell ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
CREATE INDEX cell_failed ON cell(run_id) WHERE error IS NOT NULL;
CREATE INDEX cell_by_sent ON cell(sent_id);
CREATE TABLE extraction(
    cell_id INTEGER NOT NULL REFERENCES cell(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,               -- 0: the primary rule
    rule TEXT NOT NULL,
    value TEXT,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,                   -- the character after it
    score INTEGER,                           -- right 1, wrong 0, NULL: nobody knows
    PRIMARY KEY(cell_id, position)
) WITHOUT ROWID;
CREATE TABLE stage(
    cell_id INTEGER NOT NULL REFERENCES cell(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,                   -- JSON of the Stage without what stands elsewhere
    sent_id INTEGER REFERENCES sent(id),
    PRIMARY KEY(cell_id, position)
) WITHOUT ROWID;
CREATE INDEX stage_by_sent ON stage(sent_id);
CREATE TABLE vote(
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    model INTEGER NOT NULL,
    variant INTEGER NOT NULL,
    item INTEGER NOT NULL,
    winner TEXT,
    agreement REAL NOT NULL,
    correct INTEGER,
    content TEXT NOT NULL,                   -- JSON of a Vote
    PRIMARY KEY(run_id, model, variant, item)
) WITHOUT ROWID;
CREATE TABLE comparison(
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    content TEXT NOT NULL,                   -- JSON of a paired comparison of two columns
    PRIMARY KEY(run_id, position)
) WITHOUT ROWID;
CREATE TABLE words(                          -- every text that can be searched
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                      -- title note prompt item answer stage
    run_id TEXT REFERENCES run(id) ON DELETE CASCADE,
    cell_id INTEGER REFERENCES cell(id) ON DELETE CASCADE,
    prompt_id INTEGER REFERENCES prompt(id) ON DELETE CASCADE,
    item_id INTEGER REFERENCES item(id) ON DELETE CASCADE,
    text TEXT NOT NULL
);
CREATE INDEX words_of_run ON words(run_id) WHERE run_id IS NOT NULL;
CREATE INDEX words_of_cell ON words(cell_id) WHERE cell_id IS NOT NULL;
CREATE INDEX words_of_prompt ON words(prompt_id) WHERE prompt_id IS NOT NULL;
CREATE INDEX words_of_item ON words(item_id) WHERE item_id IS NOT NULL;
ALTER TABLE generation RENAME TO old_generation;
CREATE TABLE generation(
    id INTEGER PRIMARY KEY,
    cell_id INTEGER NOT NULL REFERENCES cell(id) ON DELETE CASCADE,
    stage INTEGER NOT NULL,                  -- −1: the cell's own answer
    text TEXT NOT NULL,
    finish TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    reused_tokens INTEGER NOT NULL,
    new_tokens INTEGER NOT NULL,             -- that the model chose
    logprob REAL NOT NULL,                   -- summed over them
    first_token_ms REAL NOT NULL,
    total_ms REAL NOT NULL,
    batch_size INTEGER NOT NULL,
    tokens BLOB NOT NULL,                    -- engine.store.tokens; last, so that it is read late
    UNIQUE(cell_id, stage)
);
"""

_SECOND_ENDS = """
DROP TABLE old_generation;
ALTER TABLE cell DROP COLUMN sent;
ALTER TABLE cell DROP COLUMN prompt_ids;
ALTER TABLE cell DROP COLUMN extractions;
"""


def _first(connection: sqlite3.Connection) -> None:
    run_script(connection, _FIRST)


def _second(connection: sqlite3.Connection) -> None:
    run_script(connection, _SECOND_BEGINS)
    fill_second(connection)
    run_script(connection, _SECOND_ENDS)


_THIRD = """
CREATE TABLE forced(                         -- answers of which a part was put there
    cell_id INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    first INTEGER NOT NULL,                  -- tokens
    last INTEGER NOT NULL,                   -- the token after it
    lead_first INTEGER NOT NULL,             -- the same in characters
    lead_last INTEGER NOT NULL,
    PRIMARY KEY(cell_id, stage),
    FOREIGN KEY(cell_id, stage) REFERENCES generation(cell_id, stage) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE result(                         -- of a run that is no comparison
    run_id TEXT PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,                -- of the layout of its kind
    content BLOB NOT NULL                    -- engine.store.results
) WITHOUT ROWID;
"""


def _third(connection: sqlite3.Connection) -> None:
    run_script(connection, _THIRD)


MIGRATIONS: tuple[Step, ...] = (_first, _second, _third)


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
    if version < len(MIGRATIONS):
        _climb(connection)


def _climb(connection: sqlite3.Connection) -> None:
    """The missing steps. Another process may be at it too: the version counts once locked."""
    for number in range(len(MIGRATIONS)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if int(connection.execute("PRAGMA user_version").fetchone()[0]) == number:
                MIGRATIONS[number](connection)
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version={number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Execute each statement inside the running transaction (`executescript` would end it)."""
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        text = "\n".join(lines)
        if text.strip() and sqlite3.complete_statement(text):
            yield text
            lines = []
