"""One writer at a time in a folder, among the threads of this program and among all programs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import StoreError

if TYPE_CHECKING:
    from filelock import BaseFileLock

NAME: Final = ".lock"
PATIENCE_S: Final = 10.0


@dataclass
class _Door:
    """Of one folder: the threads' lock, and the file that other programs see while inside."""

    threads: threading.RLock = field(default_factory=threading.RLock)
    file: BaseFileLock | None = None
    depth: int = 0


_doors: dict[Path, _Door] = {}
_doors_lock = threading.Lock()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other writer out of `folder` meanwhile; the same thread may enter again.

    The system takes the lock off a program that dies, so none is left behind.

    Args:
        folder: Made when it is missing; the lock is a file in it.

    Raises:
        StoreError: Another program has kept it for `PATIENCE_S`, or it cannot be written.
    """
    path = folder.absolute()
    with _doors_lock:
        door = _doors.setdefault(path, _Door())
    with door.threads:
        if door.depth == 0:
            door.file = _take(path)
        door.depth += 1
        try:
            yield
        finally:
            door.depth -= 1
            if door.depth == 0 and door.file is not None:
                door.file.release()
                door.file = None


def _take(folder: Path) -> BaseFileLock:
    from filelock import FileLock, Timeout

    from engine.store.atomic import cannot_write

    lock = FileLock(folder / NAME, timeout=PATIENCE_S, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"The folder “{folder.name}” is being changed by another program.",
            "Close the other window of Lathe, or wait for it, then try again.",
        ) from error
    except (OSError, NotImplementedError) as error:
        raise cannot_write(folder / NAME, OSError(*error.args)) from error
    return lock
