"""Finished steps of a long piece of work, kept in the project until it is whole."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.store.project import Project

TABLE: Final = """CREATE TABLE IF NOT EXISTS document_step(
    work TEXT NOT NULL,                      -- names the spec, the documents and the model
    number INTEGER NOT NULL,
    prompt TEXT NOT NULL,                    -- SHA-256 of the token ids that were read
    text TEXT NOT NULL,
    new_tokens INTEGER NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY(work, number)
) WITHOUT ROWID"""


@dataclass(frozen=True)
class Done:
    """What a step of an earlier run wrote."""

    text: str
    new_tokens: int
    seconds: float


class Ledger:
    """Steps by number. Without a project nothing is kept, and nothing is resumed.

    Args:
        project: Where steps are kept, or None.
        work: Names what is being done: the same spec, documents and model.
    """

    def __init__(self, project: Project | None, work: str) -> None:
        self._project = project
        self._work = work
        if project is not None:
            project.write(lambda connection: connection.execute(TABLE))

    def known(self, number: int, ids: Sequence[int]) -> Done | None:
        """What the step wrote, if an earlier run finished it with the very same prompt."""
        if self._project is None:
            return None

        def ask(connection: sqlite3.Connection) -> sqlite3.Row | None:
            row: sqlite3.Row | None = connection.execute(
                "SELECT text, new_tokens, seconds FROM document_step"
                " WHERE work=? AND number=? AND prompt=?",
                (self._work, number, digest_of(ids)),
            ).fetchone()
            return row

        row = self._project.read(ask)
        return None if row is None else Done(str(row[0]), int(row[1]), float(row[2]))

    def keep(self, number: int, ids: Sequence[int], done: Done) -> None:
        """Commit a finished step.

        Raises:
            StoreError: It cannot be written.
        """
        if self._project is not None:
            values = (self._work, number, digest_of(ids), done.text, done.new_tokens, done.seconds)
            self._project.write(
                lambda connection: connection.execute(
                    "INSERT OR REPLACE INTO document_step VALUES (?,?,?,?,?,?)", values
                )
            )

    def forget(self) -> None:
        """The work is whole: its steps are in the result."""
        if self._project is not None:
            self._project.write(
                lambda connection: connection.execute(
                    "DELETE FROM document_step WHERE work=?", (self._work,)
                )
            )


def digest_of(ids: Sequence[int]) -> str:
    """Names a prompt."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
