"""The versions of one named prompt: a folder of texts that are never changed, and their list.

Every save appends. A text is kept under its own checksum; the list (``versions.json``) is replaced
as a whole after the text is on the disk, so an interrupted save leaves the version before.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from engine.errors import DataError
from engine.prompting.encoding import cannot_read
from engine.prompting.file import SUFFIX, PromptFile, format_prompt, read_prompt

LIST: Final = "versions.json"
FORMAT: Final = 1


@dataclass(frozen=True)
class Version:
    """One saved state of a prompt.

    Attributes:
        number: From 1.
        sha256: Of its text.
        saved: When, in seconds since 1970.
        parent: Number of the version it was made from; 0 = none.
        note: What the person says about it.
    """

    number: int
    sha256: str
    saved: float
    parent: int = 0
    note: str = ""


class _List(msgspec.Struct):
    format: int = FORMAT
    versions: list[Version] = []


class _Head(msgspec.Struct):
    format: int = FORMAT


def alone(folder: Path) -> AbstractContextManager[None]:
    """Keep other threads and programs from changing a library meanwhile; may be entered again.

    A list is read, lengthened and written as a whole, so two saves at once would lose a version.

    Args:
        folder: A prompt's folder; all folders beside it wait, too.

    Raises:
        StoreError: Another program does not let go of the library, or it cannot be written.
    """
    from engine.store.folder_lock import locked

    return locked(folder.absolute().parent)


def versions(folder: Path) -> tuple[Version, ...]:
    """Every version, oldest first; none for a folder without any.

    Raises:
        DataError: The list cannot be read, or was written by a newer version of the program.
    """
    file = folder / LIST
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise cannot_read(file, error) from error
    try:
        newer = msgspec.json.decode(data, type=_Head).format > FORMAT
        found = _List() if newer else msgspec.json.decode(data, type=_List)
    except msgspec.DecodeError as error:
        raise DataError(
            f"The list of versions in “{folder.name}” cannot be read: {error}.",
            "Move the folder out of the library; its texts are still in it.",
        ) from error
    if newer:
        raise DataError(
            f"The list of versions in “{folder.name}” was written by a newer version of Lathe.",
            "Update Lathe and open it again.",
        )
    return tuple(found.versions)


def save(folder: Path, prompt: PromptFile, note: str = "", parent: int | None = None) -> Version:
    """Append a version; a text that equals the last one adds none.

    Args:
        folder: The prompt's folder; made when needed.
        prompt: What to save.
        note: What the person says about it.
        parent: The version it was made from; None = the last.

    Raises:
        StoreError: It cannot be written.
        DataError: The list cannot be read, or was written by a newer version of the program.
    """
    with alone(folder):
        return _append(folder, prompt, note, parent)


def _append(folder: Path, prompt: PromptFile, note: str, parent: int | None) -> Version:
    from engine.store.atomic import write_bytes, write_text

    known = versions(folder)
    text = format_prompt(prompt)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if known and known[-1].sha256 == sha256:
        return known[-1]
    last = known[-1].number if known else 0
    added = Version(last + 1, sha256, time.time(), last if parent is None else parent, note)
    target = _text_file(folder, added)
    if not target.exists():
        write_text(target, text)
    write_bytes(folder / LIST, msgspec.json.encode(_List(versions=[*known, added])))
    return added


def read(folder: Path, version: Version) -> PromptFile:
    """A version's prompt.

    Raises:
        DataError: Its text is gone or cannot be read.
    """
    return read_prompt(_text_file(folder, version))


def _text_file(folder: Path, version: Version) -> Path:
    return folder / f"{version.sha256[:16]}{SUFFIX}"
