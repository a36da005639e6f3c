"""The file under a project: opened, checked, brought to today's format, put aside when damaged."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

import msgspec

from engine.errors import StoreError
from engine.store.schema import MIGRATIONS, migrate

CHECKED_UP_TO_BYTES = 256 * 1024 * 1024
log = logging.getLogger(__name__)


def open_file(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Open a project's file in today's format, or create it.

    Returns:
        The connection, and where the file was kept as it was when it was of an earlier format.

    Raises:
        StoreError: The file is damaged, newer than this program, no project, or unwritable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=10.0, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise cannot_open(path, error) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        _check_intact(connection, path)
        copied = _copy_before_migrating(connection, path)
        migrate(connection)
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        connection.close()
        raise cannot_open(path, error) from error
    except StoreError:
        connection.close()
        raise
    return connection, copied


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
        raise cannot_write(path, error) from error
    return kept


def _copy_before_migrating(connection: sqlite3.Connection, path: Path) -> Path | None:
    """Keep a file of an earlier format as it was: the steps to a newer one drop columns."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if not 0 < version < len(MIGRATIONS):
        return None
    stamp = time.strftime("%Y%m%d-%H%M%S")
    copy = path.with_name(f"{path.stem}.format-{version}-{stamp}{path.suffix}")
    if copy.exists():  # another process is at it, too
        return copy
    try:
        connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error:
        copy.unlink(missing_ok=True)  # half a copy is none
        raise
    log.info("the project %s is of format %d; kept as %s", path.name, version, copy.name)
    return copy


def _check_intact(connection: sqlite3.Connection, path: Path) -> None:
    """Notice damage at opening, not in the middle of a read (large files are checked lazily)."""
    if path.stat().st_size > CHECKED_UP_TO_BYTES:
        return
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def cannot_open(path: Path, error: Exception) -> StoreError:
    """What to tell when a file is damaged, or nobody lets us read it."""
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


def cannot_write(path: Path, error: Exception) -> StoreError:
    """What to tell when a change cannot be written."""
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
