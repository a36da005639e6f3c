"""The project file: every run, cell and token, in one SQLite database.

Write-ahead logging keeps a file readable after a kill in the middle of a write: committed cells
are recovered at the next opening. Each finished cell is one transaction. One connection with a
lock serves every thread.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from engine.errors import BadSpec, StoreError
from engine.evaluation.spec import CellResult, CompareSpec, Vote
from engine.jobs.spec import Spec
from engine.store import runs, search
from engine.store.file import cannot_open, cannot_write, open_file
from engine.store.filing import read_spec
from engine.store.process import alive
from engine.store.rows import read_cells, write_cell
from engine.store.runs import RunInfo, RunStatus
from engine.store.search import Found
from engine.store.votes import read_votes, write_vote

__all__ = ["DEFAULT_NAME", "SUFFIX", "Project", "RunInfo", "RunStatus"]

SUFFIX = ".lathe"
DEFAULT_NAME = f"default{SUFFIX}"
BIN_KEEPS_S = 24 * 3600.0
T = TypeVar("T")


class Project:
    """An open project file. Use `open`, and `close` it (or use it as a context manager).

    Attributes:
        path: The file.
        indexed: Whether searching is fast: this SQLite has FTS5 with trigrams.
        copied: Where the file was kept as it was, when opening it brought it to today's format.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.indexed = False
        self.copied: Path | None = None
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path | str) -> Project:
        """Open a project, or create it.

        One of an earlier format is brought to today's; a copy as it was stays beside it, named
        ``<name>.format-<its format>-<date and time>.lathe``.

        Raises:
            StoreError: The file is damaged, newer than this program, no project, or unwritable.
        """
        path = Path(path)
        connection, copied = open_file(path)
        project = cls(path, connection)
        project.copied = copied
        try:
            project.indexed = search.prepare(connection)
            project._close_orphans()
        except sqlite3.Error as error:
            connection.close()
            raise cannot_open(path, error) from error
        except StoreError:
            connection.close()
            raise
        return project

    def begin_run(self, spec: Spec, planned: int = 0) -> str:
        """Enter a run of `planned` cells; returns its id.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            return runs.insert_run(connection, spec, planned)

    def continue_run(self, run_id: str, spec: CompareSpec) -> tuple[CellResult, ...]:
        """Enter a run again that has ended early; it then counts as running.

        Returns:
            Its finished cells, in key order; failed ones are to be asked again.

        Raises:
            BadSpec: The run was another comparison than `spec`.
            StoreError: There is no such run, it is in the bin, it still runs, or it cannot be read
                or written.
        """
        before, cells = self.load_run(run_id)
        if not isinstance(before, CompareSpec) or _comparable(before) != _comparable(spec):
            raise BadSpec(
                f"The run “{run_id}” was another comparison.", "Resume it as it was, or start anew."
            )
        with self._transaction() as connection:
            row = runs.run_row(connection, run_id)
            if row["deleted"] is not None:
                raise StoreError(f"The run “{run_id}” was deleted.", "Undo that first.")
            if row["status"] == "running" and alive(row["owner"], row["owned"]):
                raise StoreError(
                    f"The run “{run_id}” is still running.", "Wait for its end, or stop it first."
                )
            runs.own_run(connection, run_id)
        return tuple(cell for cell in cells if cell.error is None)

    def save_cell(self, run_id: str, cell: CellResult) -> None:
        """Commit one finished cell in a transaction of its own.

        Raises:
            StoreError: It cannot be written (the disk is full); the file is as before.
        """
        with self._transaction() as connection:
            write_cell(connection, run_id, cell)

    def save_vote(self, run_id: str, vote: Vote) -> None:
        """Commit the vote over the samples of one item, replacing an earlier one.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            write_vote(connection, run_id, vote)

    def finish_run(self, run_id: str, status: str) -> None:
        """Note how a run ended.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            runs.end_run(connection, run_id, status)

    def load_run(self, run_id: str, *, tokens: bool = True) -> tuple[Spec, tuple[CellResult, ...]]:
        """A run's spec and its stored cells, in key order.

        Args:
            run_id: Which run.
            tokens: Whether answers bring their token records, which are most of the work.

        Raises:
            StoreError: There is no such run, or it cannot be read.
            BadSpec: The spec was saved by a newer version.
        """
        with self._reading() as connection:
            spec = read_spec(connection, runs.run_row(connection, run_id))
            return spec, read_cells(connection, run_id, tokens=tokens)

    def load_spec(self, run_id: str) -> Spec:
        """A run's spec alone.

        Raises:
            StoreError, BadSpec: As `load_run`.
        """
        with self._reading() as connection:
            return read_spec(connection, runs.run_row(connection, run_id))

    def load_item(self, run_id: str, item: int) -> tuple[CellResult, ...]:
        """The cells of one item of a run, with their tokens.

        Raises:
            StoreError: It cannot be read.
        """
        with self._reading() as connection:
            return read_cells(connection, run_id, item=item)

    def votes(self, run_id: str) -> tuple[Vote, ...]:
        """A run's votes, in key order."""
        with self._reading() as connection:
            return read_votes(connection, run_id)

    def comparison(self, run_id: str) -> str | None:
        """The stored JSON of a run's paired comparison (`engine.store.details`), or None."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT content FROM comparison WHERE run_id=?", (run_id,)
            ).fetchone()
        return None if row is None else str(row[0])

    def save_comparison(self, run_id: str, content: str) -> None:
        """Keep a run's paired comparison; it is dropped when a cell of the run changes.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO comparison VALUES (?, 0, ?)", (run_id, content)
            )

    def runs(self, kind: str | None = None, most: int = -1) -> tuple[RunInfo, ...]:
        """Runs that are not in the bin, newest first; all, or at most `most`."""
        with self._reading() as connection:
            return runs.list_runs(connection, kind=kind, most=most)

    def run(self, run_id: str) -> RunInfo:
        """What the list says of one run.

        Raises:
            StoreError: There is none, or it is in the bin.
        """
        with self._reading() as connection:
            runs.run_row(connection, run_id)
            found = runs.list_runs(connection, run_id=run_id)
        if not found:
            raise StoreError(f"The run “{run_id}” was deleted.", "Undo that first.")
        return found[0]

    def latest_run(self, kind: str) -> str | None:
        """The id of the newest run of a kind, or None."""
        return next((run.id for run in self.runs(kind, most=1)), None)

    def search(self, text: str) -> tuple[Found, ...]:
        """Every run in one of whose texts every word of `text` stands, newest first.

        Raises:
            StoreError: SQLite cannot look for this, or the file cannot be read.
        """
        with self._reading() as connection:
            try:
                return search.search(connection, text, indexed=self.indexed)
            except sqlite3.OperationalError as error:
                raise StoreError(
                    f"The search in “{self.path.name}” failed: {error}.",
                    "Search for fewer or shorter words.",
                    detail=str(error),
                ) from error

    def rename(self, run_id: str, name: str) -> None:
        """Give a run a title of the person's own; empty = the job's.

        Raises:
            StoreError: There is no such run, or it cannot be written.
        """
        with self._transaction() as connection:
            runs.rename(connection, run_id, name)

    def annotate(self, run_id: str, note: str) -> None:
        """Keep a note to a run; empty = none.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            runs.annotate(connection, run_id, note)

    def label(self, run_id: str, tags: Iterable[str]) -> None:
        """Replace a run's tags.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            runs.label(connection, run_id, tags)

    def archive(self, run_id: str, archived: bool = True) -> None:
        """Put a run out of the way, or back.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            connection.execute("UPDATE run SET archived=? WHERE id=?", (archived, run_id))

    def delete(self, run_ids: Sequence[str]) -> None:
        """Put runs into the bin; those that run stay. `empty_bin` deletes them for good.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            runs.bin_runs(connection, run_ids, time.time())

    def restore(self, run_ids: Sequence[str]) -> None:
        """Take runs out of the bin.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            runs.bin_runs(connection, run_ids, None)

    def empty_bin(self, older_than: float = BIN_KEEPS_S) -> int:
        """Delete for good what has been in the bin for so many seconds; returns how many runs.

        Raises:
            StoreError: It cannot be written.
        """
        with self._transaction() as connection:
            return runs.empty_bin(connection, time.time() - older_than)

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Change something that no method here changes, in a transaction of its own.

        Raises:
            StoreError: It cannot be written; the file is as before.
        """
        with self._transaction() as connection:
            return change(connection)

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask something that no method here answers, on the open connection.

        Raises:
            StoreError: It cannot be read.
        """
        with self._reading() as connection:
            return question(connection)

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
                raise cannot_write(self.path, error) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise cannot_open(self.path, error) from error

    def _close_orphans(self) -> None:
        """Runs whose process is gone were interrupted."""
        rows = self._connection.execute(
            "SELECT id, owner, owned FROM run WHERE status='running'"
        ).fetchall()
        gone = [row["id"] for row in rows if not alive(row["owner"], row["owned"])]
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
