"""Files that are either the old version or the new one, never half of each."""

from __future__ import annotations

import os
import time
from pathlib import Path

from engine.errors import StoreError


def write_atomically(file: Path, text: str) -> None:
    """Write beside the file, flush to disk, then rename over it.

    Raises:
        StoreError: The disk is full or refuses; the old file is untouched.
    """
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreError(
            f"“{file.name}” could not be written: {error.strerror or error}.",
            "Free some space or check the folder's permissions; the old file is untouched.",
            detail=str(file),
        ) from error


def set_aside(file: Path) -> Path | None:
    """Rename an unreadable file so that nothing overwrites it; None when that fails."""
    target = file.with_name(f"{file.stem}.unreadable-{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}")
    try:
        os.replace(file, target)
    except OSError:
        return None
    return target
