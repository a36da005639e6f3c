"""Write a folder wholly or not at all: a neighbour takes its place when all of it is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.store.atomic import usual_mode


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of `folder` when the block ends without error.

    A former one is kept until the new one is whole and in its place, and comes back if that
    fails; of one that was not finished nothing stays. Whether a former one may be replaced is the
    caller's to ask before.

    Raises:
        OSError: It cannot be written, or cannot take its place.
    """
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        for file in partial.rglob("*"):
            if file.is_file():
                usual_mode(file)  # safetensors writes files that only their owner can read
        _take_place(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)  # half a folder is of no use to anyone
        raise


def _take_place(partial: Path, folder: Path) -> None:
    """Let the new folder take the old one's place; the old one comes back if it cannot."""
    former = folder.with_name(folder.name + ".former")
    shutil.rmtree(former, ignore_errors=True)
    had = folder.exists()
    if had:
        folder.replace(former)
    try:
        partial.replace(folder)
    except OSError:
        if had:
            former.replace(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)
