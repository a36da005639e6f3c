"""What was read, cut and encoded, kept in the project: a document that is unchanged costs nothing.

Three tables beside the runs. Each entry carries a checksum; one that does not fit is built anew,
and so is the whole index when its tables are damaged. Where the project can be read or written no
more (a full disk, a lock of another program) nothing is kept, and the work goes on.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
import numpy as np

from engine.context.documents.reading.document import Content
from engine.context.documents.retrieval.meaning import Vectors
from engine.context.documents.splitting.split import Span
from engine.errors import StoreError
from engine.store.project import Project

log = logging.getLogger(__name__)
TABLES: Final = ("document_text", "document_cut", "document_vectors")
CREATE: Final = tuple(
    f"""CREATE TABLE IF NOT EXISTS {name}(
    sha TEXT NOT NULL,                       -- of the document's bytes
    made TEXT NOT NULL,                      -- by which reader, splitter or encoder
    content BLOB NOT NULL,
    checksum TEXT NOT NULL,                  -- SHA-256 of the content
    PRIMARY KEY(sha, made)
) WITHOUT ROWID"""
    for name in TABLES
)
READER: Final = "1"
"""Raised when a reader gives other texts than before."""
T = TypeVar("T")
Cut = tuple[int, list[Span]]
"""Tokens of a document, and its passages."""


class IndexStore:
    """Reads and writes the index. Without a project it keeps nothing.

    Args:
        project: The open project, or None.

    Attributes:
        notes: What had to be mended, and that nothing is kept.
        reused: How many entries were found.
        built: How many were made.
    """

    def __init__(self, project: Project | None) -> None:
        self._project = project
        self.notes: list[str] = []
        self.reused = 0
        self.built = 0
        self._writable = True
        if project is not None:
            try:
                self._create(project)
            except StoreError as error:
                self._unkept(error)

    def content(self, sha: str, make: Callable[[], Content]) -> Content:
        """The text of a document, read if it is not known."""

        def decode(data: bytes) -> Content:
            found: Content = msgspec.json.decode(data, type=Content)
            return found

        return self._entry("document_text", sha, READER, make, _as_json, decode)

    def cut(self, sha: str, made: str, make: Callable[[], Cut]) -> Cut:
        """Tokens of a document and its passages, cut if they are not known."""

        def decode(data: bytes) -> Cut:
            found: Cut = msgspec.json.decode(data, type=Cut)
            return found

        return self._entry("document_cut", sha, made, make, _as_json, decode)

    def vectors(self, sha: str, made: str, rows: int, make: Callable[[], Vectors]) -> Vectors:
        """Vectors of a document's passages ``[rows, width]``, encoded if they are not known."""

        def decode(data: bytes) -> Vectors:
            found: Vectors = np.frombuffer(data, dtype="<f4").reshape(rows, -1)
            return found

        def encode(found: Vectors) -> bytes:
            return found.astype("<f4").tobytes()

        return self._entry("document_vectors", sha, made, make, encode, decode)

    def _entry(
        self,
        table: str,
        sha: str,
        made: str,
        make: Callable[[], T],
        encode: Callable[[T], bytes],
        decode: Callable[[bytes], T],
    ) -> T:
        data = self._read(table, sha, made)
        if data is not None:
            try:
                found = decode(data)
            except (ValueError, msgspec.MsgspecError):
                self._damaged()
            else:
                self.reused += 1
                return found
        fresh = make()
        self.built += 1
        self._write(table, sha, made, encode(fresh))
        return fresh

    def _read(self, table: str, sha: str, made: str) -> bytes | None:
        if self._project is None:
            return None

        def ask(connection: sqlite3.Connection) -> sqlite3.Row | None:
            row: sqlite3.Row | None = connection.execute(
                f"SELECT content, checksum FROM {table} WHERE sha=? AND made=?", (sha, made)
            ).fetchone()
            return row

        try:
            row = self._project.read(ask)
        except StoreError as error:
            if _is_damage(error):
                self._rebuild(self._project)
            else:
                self._unkept(error)
                self._project = None
            return None
        if row is None:
            return None
        data = bytes(row[0])
        if _checksum(data) != row[1]:
            self._damaged()
            return None
        return data

    def _write(self, table: str, sha: str, made: str, data: bytes) -> None:
        if self._project is None or not self._writable:
            return
        values = (sha, made, data, _checksum(data))
        try:
            self._project.write(
                lambda connection: connection.execute(
                    f"INSERT OR REPLACE INTO {table} VALUES (?,?,?,?)", values
                )
            )
        except StoreError as error:
            self._unkept(error)

    def _create(self, project: Project) -> None:
        def create(connection: sqlite3.Connection) -> None:
            for statement in CREATE:
                connection.execute(statement)

        project.write(create)

    def _rebuild(self, project: Project) -> None:
        """Tables that cannot be read are made anew; everything in them can be computed again."""

        def drop(connection: sqlite3.Connection) -> None:
            for name in TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {name}")

        try:
            project.write(drop)
            self._create(project)
        except StoreError as error:
            self._unkept(error)
            self._project = None
        else:
            self._damaged()

    def _damaged(self) -> None:
        self._note(rebuilt_note())

    def _unkept(self, error: StoreError) -> None:
        """From now on nothing is written: a lock would be waited for with every entry."""
        log.warning("The index of documents is not kept: %s", error)
        self._writable = False
        self._note(unkept_note())

    def _note(self, said: str) -> None:
        if said not in self.notes:
            self.notes.append(said)


def rebuilt_note() -> str:
    """What is said when an index had to be mended."""
    return "The index in the project was damaged and was built again."


def unkept_note() -> str:
    """What is said when the index cannot be kept."""
    return "The project cannot keep the index of these documents: they will be read anew."


def _is_damage(error: StoreError) -> bool:
    """Whether building anew helps: the file is damaged, or a table is missing or another."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return True
    return code == sqlite3.SQLITE_ERROR and "no such " in str(cause)


def _as_json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
