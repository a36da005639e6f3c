"""The folder a pruned model is written into: what lies there is never lost by accident.

No torch here: a window asks `replaces` before it starts a job.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from engine.errors import BadSpec
from engine.store.atomic import as_os_error, cannot_write
from engine.store.folder import whole_folder as whole

PROVENANCE: Final = "pruning.json"
"""The file by which a folder is known to hold a pruned model."""


def replaces(folder: Path) -> bool:
    """Whether writing a model there takes the place of a pruned one.

    A person is asked before; a job does it only where its spec says ``overwrite``. A folder that
    holds something else is never replaced, `check_folder` refuses it.
    """
    return (folder / PROVENANCE).is_file()


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Say before minutes of work, not after them, that nothing can be written there.

    Args:
        folder: May be missing or empty.
        overwrite: A pruned model that lies there may be replaced.

    Raises:
        BadSpec: It holds something else than a pruned model, is a file, or may not be replaced.
    """
    if replaces(folder):
        if not overwrite:
            raise BadSpec(
                f"The folder {folder.name} holds a pruned model already.",
                "Choose another folder, or allow it to be replaced (--overwrite).",
            )
        return
    if folder.is_file() or (folder.exists() and any(folder.iterdir())):
        raise BadSpec(
            f"The folder {folder.name} is not empty and holds no pruned model.",
            "Choose an empty folder.",
        )


@contextmanager
def whole_folder(folder: Path, *, overwrite: bool) -> Iterator[Path]:
    """A folder to write into, which takes the place of another when the block ends without error.

    The former one is kept until the new one is whole and in its place; of one that was not
    finished nothing stays.

    Raises:
        BadSpec: As `check_folder` does.
        StoreError: The disk is full, or the folder cannot be written.
    """
    from safetensors import SafetensorError

    check_folder(folder, overwrite=overwrite)
    try:
        with whole(folder) as partial:
            yield partial
    except (OSError, SafetensorError) as error:
        known = as_os_error(error)
        if known is None:
            raise
        raise cannot_write(folder, known) from error
