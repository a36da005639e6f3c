"""The project file: every run, cell and token, in one SQLite database.

Write-ahead logging keeps a file readable after a kill in the middle of a write: committed cells
are recovered at the next opening. Each finished cell is one transaction. One connection with a
lock serves every thread.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from engine.errors import BadSpec, StoreError
from engine.evaluation.spec import CellResult, CompareSpec
from engine.jobs.spec import Spec, decode, encode
from engine.store.process import alive
from engine.store.rows import CELL_QUERY, read_cell, write_cell
from engine.store.schema import migrate

RunStatus = Literal["running", "finished", "cancelled", "failed", "interrupted"]
SUFFIX = ".lathe"
CHECKED_UP_TO_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class RunInfo:
    """One row of the list of runs. Times are POSIX seconds."""

    id: str
    kind: str
    title: str
    status: RunStatus
    started: float
    ended: float | None
    cells: int


class Project:
    """An open project file. Use `open`, and `close` it (or use it as a context manager).

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path | str) -> Project:
        """Open a project, or create it.

        Raises:
            StoreError: The file is damaged, newer than this program, no project, or unwritable.
        """
        path = Path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                path, timeout=10.0, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise _cannot_open(path, error) from error
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            _check_intact(connection, path)
            migrate(connection)
            project = cls(path, connection)
            project._close_orphans()
        except sqlite3.Error as error:
            connection.close()
            raise _cannot_open(path, error) from error
        except StoreError:
            connection.close()
            raise
        return project

    def begin_run(self, spec: Spec) -> str:
        """Enter a run; returns its id.

        Raises:
            StoreError: It cannot be written.
        """
        run_id = uuid.uuid4().hex[:12]
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO run(id, kind, title, spec, status, owner, started)"
                " VALUES (?,?,?,?,'running',?,?)",
                (run_id, spec.kind, spec.title(), encode(spec), os.getpid(), time.time()),
            )
        return run_id

    def continue_run(self, run_id: str, spec: CompareSpec) -> tuple[CellResult, ...]:
        """Enter a run again that has ended early; it then counts as running.

        Returns:
            Its finished cells, in key order; failed ones are to be asked again.

        Raises:
            BadSpec: The run was another comparison than `spec`.
            StoreError: There is no such run, it still runs, or it cannot be read or written.
        """
        before, cells = self.load_run(run_id)
        if not isinstance(before, CompareSpec) or _comparable(before) != _comparable(spec):
            raise BadSpec(
                f"The run “{run_id}” was another comparison.", "Resume it as it was, or start anew."
            )
        with self._transaction() as connection:
            row = connection.execute("SELECT * FROM run WHERE id=?", (run_id,)).fetchone()
            if row["status"] == "running" and alive(row["owner"], row["started"]):
                raise StoreError(
                    f"The run “{run_id}” is still running.", "Wait for its end, or stop it first."
                )
            connection.execute(
                "UPDATE run SET status='running', owner=?, ended=NULL WHERE id=?",
                (os.getpid(), run_id),
            )
        return tuple(cell for cell in cells if cell.error is None)

    def save_cell(self, run_id: str, cell: CellResult) -> None:
        """Commit one finished cell in a transaction of its own.

        Raises:
            StoreError: It cannot be written (the disk is full); the file is as before.
        """
        with self._transaction() as connection:
            write_cell(connection, run_id, cell)

    def finish_run(self, run_id: str, status: str) -> None:
        """Note how a run ended.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            connection.execute(
                "UPDATE run SET status=?, ended=? WHERE id=?", (status, time.time(), run_id)
            )

    def load_run(self, run_id: str) -> tuple[Spec, tuple[CellResult, ...]]:
        """A run's spec and its finished cells, in key order.

        Raises:
            StoreError: There is no such run, or it cannot be read.
            BadSpec: The spec was saved by a newer version.
        """
        with self._reading() as connection:
            row = connection.execute("SELECT spec FROM run WHERE id=?", (run_id,)).fetchone()
            if row is None:
                raise StoreError(
                    f"The project has no run “{run_id}”.", "Choose one from its list of runs."
                )
            cells = tuple(map(read_cell, connection.execute(CELL_QUERY, (run_id,))))
        return decode(row["spec"]), cells

    def runs(self) -> tuple[RunInfo, ...]:
        """Every run, newest first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT run.*, (SELECT count(*) FROM cell WHERE cell.run_id=run.id) AS cells"
                " FROM run ORDER BY started DESC, rowid DESC"
            ).fetchall()
        return tuple(
            RunInfo(
                id=row["id"],
                kind=row["kind"],
                title=row["title"],
                status=row["status"],
                started=row["started"],
                ended=row["ended"],
                cells=row["cells"],
            )
            for row in rows
        )

    def latest_run(self, kind: str) -> str | None:
        """The id of the newest run of a kind, or None."""
        return next((run.id for run in self.runs() if run.kind == kind), None)

    def close(self) -> None:
        """Close the file; safe to repeat."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                raise _cannot_write(self.path, error) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise _cannot_open(self.path, error) from error

    def _close_orphans(self) -> None:
        """Runs whose process is gone were interrupted."""
        rows = self._connection.execute(
            "SELECT id, owner, started FROM run WHERE status='running'"
        ).fetchall()
        gone = [row["id"] for row in rows if not alive(row["owner"], row["started"])]
        if gone:
            with self._transaction() as connection:
                connection.executemany(
                    "UPDATE run SET status='interrupted' WHERE id=?", [(run,) for run in gone]
                )


def _comparable(spec: CompareSpec) -> CompareSpec:
    """The comparison without what may differ when it is resumed."""
    models = tuple(
        replace(ref, options=replace(ref.options, allow_pickle=False, trust_remote_code=False))
        for ref in spec.models
    )
    return replace(spec, models=models, continues="")


def set_aside(path: Path) -> Path:
    """Rename a damaged project (and its journal) so that a new one can take its place.

    Returns:
        The kept copy's path.

    Raises:
        StoreError: It cannot be renamed.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S")
    kept = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    try:
        path.rename(kept)
        for tail in ("-wal", "-shm"):
            journal = path.with_name(path.name + tail)
            if journal.exists():
                journal.rename(kept.with_name(kept.name + tail))
    except OSError as error:
        raise _cannot_write(path, error) from error
    return kept


def _check_intact(connection: sqlite3.Connection, path: Path) -> None:
    """Notice damage at opening, not in the middle of a read (large files are checked lazily)."""
    if path.stat().st_size > CHECKED_UP_TO_BYTES:
        return
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _cannot_open(path: Path, error: Exception) -> StoreError:
    text = str(error)
    if isinstance(error, sqlite3.OperationalError | OSError):
        return StoreError(
            f"The project “{path.name}” cannot be opened: {text}.",
            "Check that the file and its folder can be written, or choose another place.",
            detail=text,
        )
    return StoreError(
        f"The project “{path.name}” is damaged and cannot be read.",
        "Keep a copy of the file and start a new project; the damaged one is left as it is.",
        detail=text,
    )


def _cannot_write(path: Path, error: Exception) -> StoreError:
    text = str(error)
    full = "full" in text or "disk I/O" in text or getattr(error, "errno", None) == 28
    if full:
        return StoreError(
            f"The project “{path.name}” cannot grow: the disk is full.",
            "Free some space; the results stay on screen and are stored with the next one.",
            detail=text,
        )
    return StoreError(
        f"The project “{path.name}” cannot be written: {text}.",
        "Save it under another name.",
        detail=text,
    )
