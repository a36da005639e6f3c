"""A training that was stopped goes on: one file with its weights, its optimiser and its curve.

The file is replaced whole, so a program that is killed leaves the former one. Nothing random is
kept, because nothing depends on what was drawn before: texts and dropout of a step are seeded by
its number.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from engine.context.probe_spec import ProbeRow
from engine.context.tune_spec import TuneContextSpec, TuneKept, TuneStep
from engine.errors import StoreError
from engine.jobs.spec import to_plain
from engine.store.atomic import as_os_error, cannot_write

if TYPE_CHECKING:
    from torch import Tensor

    from engine.paths import Paths

FILE: Final = "checkpoint.safetensors"
PARTIAL: Final = FILE + ".part"
HEAD: Final = "lathe"
KEPT: Final = 3
"""So many trainings stay resumable: those last at work. One whose model was written needs none."""
DAYS: Final = 30
"""And none that was left alone for longer."""


@dataclass(frozen=True)
class Head:
    """What stands in the file beside the tensors.

    Attributes:
        spec: The training, without what is done with its result.
        steps: The loss curve so far.
        before, after: Rows measured so far.
    """

    spec: TuneContextSpec
    steps: tuple[TuneStep, ...]
    before: tuple[ProbeRow, ...]
    after: tuple[ProbeRow, ...] = ()


def root(paths: Paths) -> Path:
    """Where checkpoints lie."""
    return paths.data / "trainings"


def key(spec: TuneContextSpec, weights_sha: str, text: str) -> str:
    """The name of a training: equal for equal settings, weights and text.

    Args:
        spec: Its settings.
        weights_sha: Of the model's files.
        text: SHA-256 of the file that is trained on; empty for lessons.
    """
    plain = msgspec.json.encode(to_plain(spec.same()), order="sorted")
    whole = plain + weights_sha.encode() + text.encode()
    return hashlib.sha256(whole).hexdigest()[:24]


def write(folder: Path, head: Head, tensors: dict[str, Tensor]) -> None:
    """Replace the checkpoint of a folder.

    Raises:
        StoreError: It cannot be written; the former one is untouched.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    partial = folder / PARTIAL
    text = msgspec.json.encode(to_plain(head)).decode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
        save_file(contiguous, str(partial), {HEAD: text})
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(folder / FILE)
    except (OSError, SafetensorError) as error:
        partial.unlink(missing_ok=True)
        known = as_os_error(error)
        if known is None:
            raise
        raise cannot_write(folder / FILE, known) from error


def read_head(folder: Path) -> Head | None:
    """What a folder's checkpoint says of itself; None without one. Reads no tensors.

    Raises:
        StoreError: It is damaged.
    """
    from safetensors import SafetensorError, safe_open

    file = folder / FILE
    if not file.is_file():
        return None
    try:
        with safe_open(str(file), framework="np") as opened:
            text = (opened.metadata() or {})[HEAD]
        return msgspec.json.decode(text, type=Head)
    except (OSError, SafetensorError, KeyError, msgspec.DecodeError) as error:
        raise _damaged(file, error) from error


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """The tensors of a folder's checkpoint, on the CPU.

    Raises:
        StoreError: It is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(str(folder / FILE))
    except (OSError, SafetensorError) as error:
        raise _damaged(folder / FILE, error) from error


def forget(folder: Path) -> None:
    """Remove a checkpoint; its folder goes with the next `tidy`."""
    for name in (FILE, PARTIAL):
        (folder / name).unlink(missing_ok=True)


def kept(folder: Path) -> TuneKept | None:
    """A folder's checkpoint as a value. Raises `StoreError` when it is damaged."""
    head = read_head(folder)
    if head is None:
        return None
    facts = (folder / FILE).stat()
    return TuneKept(head.spec, head.steps, head.before, head.after, facts.st_size, facts.st_mtime)


def find(where: Path, spec: TuneContextSpec) -> TuneKept | None:
    """The newest checkpoint of the same settings below `where`; damaged ones are passed over."""
    for folder in _newest_first(where):
        try:
            found = kept(folder)
        except StoreError:  # it is told where the training is asked to go on
            continue
        if found is not None and found.spec == spec.same():
            return found
    return None


def tidy(where: Path, now: float | None = None) -> None:
    """Keep the checkpoints of the `KEPT` trainings last at work, none older than `DAYS` days."""
    moment = time.time() if now is None else now
    for number, folder in enumerate(_newest_first(where)):
        age = moment - (folder / FILE).stat().st_mtime
        if number >= KEPT or age > DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in where.iterdir() if where.is_dir() else ():
        idle = moment - folder.stat().st_mtime > 86_400  # nobody is about to write here
        if idle and not (folder / FILE).is_file():
            shutil.rmtree(folder, ignore_errors=True)


def _newest_first(where: Path) -> list[Path]:
    files = list(where.glob(f"*/{FILE}"))
    return [file.parent for file in sorted(files, key=lambda one: -one.stat().st_mtime)]


def _damaged(file: Path, error: Exception) -> StoreError:
    return StoreError(
        "The checkpoint of this training cannot be read: it is damaged.",
        "Start the training anew.",
        detail=f"{file}\n{type(error).__name__}: {error}",
    )
