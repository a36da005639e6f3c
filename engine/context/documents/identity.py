"""Names a loaded model, so that what it made is not mistaken for another's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.evaluation.provenance import HASHED_UP_TO_BYTES

if TYPE_CHECKING:
    from engine.models.loaded import LoadedModel


def identity(loaded: LoadedModel, check: Callable[[], None]) -> str:
    """By its weights where hashing them is quick, else by its place and age."""
    if loaded.info.measured_bytes <= HASHED_UP_TO_BYTES:
        weights = loaded.weights_sha(check)
    else:
        facts = loaded.path.stat()
        weights = f"{loaded.path} {facts.st_size} {facts.st_mtime_ns}"
    return f"{loaded.ref.id} {weights} {loaded.info.dtype} {loaded.edits}"
