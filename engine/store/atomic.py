"""Write a file wholly or not at all: a temporary neighbour, fsync, then replace."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from engine.errors import StoreError

NUMBER: Final = re.compile(r"\(os error (\d+)\)")
"""How Rust's standard library, and so safetensors, ends what it says of an error of the system."""


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Replace `path` by `text` (line ends as given).

    Raises:
        StoreError: The disk is full or the folder cannot be written; the old file is untouched.
    """
    write_bytes(path, text.encode(encoding))


def write_bytes(path: Path, data: bytes) -> None:
    """Replace `path` by `data`.

    Raises:
        StoreError: The disk is full or the folder cannot be written; the old file is untouched.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _keep_mode(temporary, path)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> StoreError:
    """The error for a file that could not be written, with the next step that fits its cause."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            f"“{path.name}” was not saved: the disk is full.",
            "Free some space or choose another folder, and save again; nothing is lost here.",
            detail=str(error),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"“{path.name}” was not saved: {path.parent} cannot be written.",
            "Choose a folder of your own.",
            detail=str(error),
        )
    return StoreError(
        f"“{path.name}” was not saved: {error.strerror or error}.",
        "Choose another folder and save again.",
        detail=str(error),
    )


def as_os_error(error: Exception) -> OSError | None:
    """The system's error behind one of safetensors, which tells its number in words alone.

    Returns:
        `error` itself where it is the system's; None where it is about something else.
    """
    if isinstance(error, OSError):
        return error
    number = NUMBER.search(str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else None


def _keep_mode(temporary: Path, path: Path) -> None:
    """A new file gets the usual permissions, an old one keeps its own."""
    if os.name != "posix":
        return
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o7777)
        return
    usual_mode(temporary)


def usual_mode(file: Path) -> None:
    """Give a file the permissions that any new file gets: some libraries write private ones."""
    if os.name != "posix":
        return
    mask = os.umask(0)
    os.umask(mask)
    file.chmod(0o666 & ~mask)
