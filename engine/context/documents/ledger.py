"""Finished steps of a long piece of work, kept in the project until it is whole."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.errors import StoreError
from engine.store.project import Project

log = logging.getLogger(__name__)
KEPT_WORKS: Final = 16
"""Works whose steps are kept while they are unfinished. Asking two questions in each of the ways
to read makes fewer than this, so what was stopped just now goes on; and work that nobody takes up
again, of some kilobytes a step, does not fill the project."""
STEPS: Final = """CREATE TABLE IF NOT EXISTS document_step(
    work TEXT NOT NULL,                      -- names the spec, the documents and the model
    number INTEGER NOT NULL,
    prompt TEXT NOT NULL,                    -- SHA-256 of the token ids that were read
    text TEXT NOT NULL,
    new_tokens INTEGER NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY(work, number)
) WITHOUT ROWID"""
WORKS: Final = """CREATE TABLE IF NOT EXISTS document_work(
    place INTEGER PRIMARY KEY AUTOINCREMENT, -- the newest has the highest
    work TEXT NOT NULL UNIQUE
)"""


@dataclass(frozen=True)
class Done:
    """What a step of an earlier run wrote."""

    text: str
    new_tokens: int
    seconds: float


class Ledger:
    """Steps by number. Without a project nothing is kept, and nothing is resumed.

    Steps of finished work go with `forget`; of unfinished works the `KEPT_WORKS` that were at work
    last have theirs. Where the project can be read or written no more (a full disk, a lock of
    another program) no further step is kept, and the work goes on.

    Args:
        project: Where steps are kept, or None.
        work: Names what is being done: the same spec, documents and model.

    Attributes:
        notes: That steps are not kept, where they are not.
    """

    def __init__(self, project: Project | None, work: str) -> None:
        self._project = project
        self._work = work
        self._entered = False
        self._readable = True
        self.notes: list[str] = []
        if project is not None:
            try:
                project.write(_prepare)
            except StoreError as error:
                self._lost(error)

    def known(self, number: int, ids: Sequence[int]) -> Done | None:
        """What the step wrote, if an earlier run finished it with the very same prompt."""
        if self._project is None or not self._readable:
            return None

        def ask(connection: sqlite3.Connection) -> sqlite3.Row | None:
            row: sqlite3.Row | None = connection.execute(
                "SELECT text, new_tokens, seconds FROM document_step"
                " WHERE work=? AND number=? AND prompt=?",
                (self._work, number, digest_of(ids)),
            ).fetchone()
            return row

        try:
            row = self._project.read(ask)
        except StoreError as error:
            self._readable = False
            self._lost(error)
            return None
        return None if row is None else Done(str(row[0]), int(row[1]), float(row[2]))

    def keep(self, number: int, ids: Sequence[int], done: Done) -> None:
        """Commit a finished step, if the project can be written."""
        if self._project is not None and not self.notes:
            values = (self._work, number, digest_of(ids), done.text, done.new_tokens, done.seconds)

            def change(connection: sqlite3.Connection) -> None:
                if not self._entered:
                    _enter(connection, self._work)
                connection.execute(
                    "INSERT OR REPLACE INTO document_step VALUES (?,?,?,?,?,?)", values
                )

            try:
                self._project.write(change)
                self._entered = True
            except StoreError as error:
                self._lost(error)

    def forget(self) -> None:
        """The work is whole: its steps are in the result."""
        if self._project is None:
            return
        try:
            self._project.write(lambda connection: _drop(connection, self._work))
            self._entered = False
        except StoreError as error:  # they go with the oldest works
            log.warning("Steps of finished work stay in the project: %s", error)

    def _lost(self, error: StoreError) -> None:
        log.warning("Steps are not kept: %s", error)
        self.notes[:] = [unkept_steps()]


def unkept_steps() -> str:
    """What is said when steps cannot be kept."""
    return "The project cannot keep the steps of this work: stopped, it would begin anew."


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(STEPS)
    connection.execute(WORKS)


def _drop(connection: sqlite3.Connection, work: str) -> None:
    connection.execute("DELETE FROM document_step WHERE work=?", (work,))
    connection.execute("DELETE FROM document_work WHERE work=?", (work,))


def _enter(connection: sqlite3.Connection, work: str) -> None:
    """Make a work the newest, and drop those beyond `KEPT_WORKS`, the oldest first."""
    connection.execute("INSERT OR REPLACE INTO document_work(work) VALUES (?)", (work,))
    connection.execute(
        "DELETE FROM document_work WHERE place NOT IN"
        " (SELECT place FROM document_work ORDER BY place DESC LIMIT ?)",
        (KEPT_WORKS,),
    )
    connection.execute(
        "DELETE FROM document_step WHERE work NOT IN (SELECT work FROM document_work)"
    )


def digest_of(ids: Sequence[int]) -> str:
    """Names a prompt."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
