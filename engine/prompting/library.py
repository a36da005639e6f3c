"""The library of prompts: the built-in templates and the person's own, with their versions.

The person's prompts are folders below the library's; a deleted one moves aside, so that it can
come back.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from engine.errors import DataError, EngineError
from engine.paths import RESOURCES
from engine.prompting.elements import Language, PromptElements
from engine.prompting.file import SUFFIX, PromptFile, read_prompt
from engine.prompting.versions import Version, alone, read, save, versions
from engine.store.atomic import cannot_write

FOLDER: Final = "library"
DELETED: Final = ".deleted"
BUILT_IN: Final = (RESOURCES / "templates", RESOURCES / "samples")


@dataclass(frozen=True)
class Entry:
    """A prompt of the library as a list shows it.

    Attributes:
        id: Unique in the library; of a built-in one ``"built-in:<file>"``.
        name: Its title.
        language: Of its texts.
        built_in: It ships with the program and cannot be changed.
        prompt: What it says (the last version).
        versions: Its versions, oldest first; none for a built-in one.
        problem: Why it cannot be read; empty when it can.
    """

    id: str
    name: str
    language: Language
    built_in: bool
    prompt: PromptFile
    versions: tuple[Version, ...] = ()
    problem: str = ""


class Library:
    """The prompts below a folder.

    Args:
        folder: Where the person's own are kept (`Paths.data` / `FOLDER`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> tuple[Entry, ...]:
        """The person's own, newest first, then the built-in ones. A broken one says so."""
        own = sorted(self._own(), key=_saved, reverse=True)
        return (*own, *built_in())

    def entry(self, entry_id: str) -> Entry:
        """One prompt.

        Raises:
            DataError: There is none of that id, or it cannot be read.
        """
        found = next((one for one in self.entries() if one.id == entry_id), None)
        if found is None or found.problem:
            raise DataError(
                f"The prompt “{entry_id}” is not in the library.", "Choose another one."
            )
        return found

    def add(self, prompt: PromptFile, note: str = "") -> Entry:
        """Keep a prompt under its name; where another has it, a number follows.

        Raises:
            StoreError: It cannot be written.
        """
        with alone(self.folder / "new"):  # two copies at once may not take the same name
            return self._add(replace(prompt, name=self._free(prompt.name)), note)

    def _add(self, prompt: PromptFile, note: str) -> Entry:
        slug = re.sub(r"[^a-z0-9]+", "-", prompt.name.lower()).strip("-")[:40] or "prompt"
        entry_id = f"{slug}-{uuid.uuid4().hex[:8]}"
        save(self.folder / entry_id, prompt, note)
        return self._read(self.folder / entry_id)

    def save(
        self, entry_id: str, prompt: PromptFile, note: str = "", parent: int | None = None
    ) -> Entry:
        """Append a version.

        Raises:
            DataError: The prompt is built in, or is not there.
            StoreError: It cannot be written.
        """
        with alone(self.folder / entry_id):  # it may not be moved aside between the two
            folder = self._folder_of(entry_id)
            save(folder, prompt, note, parent)
            return self._read(folder)

    def rename(self, entry_id: str, name: str) -> Entry:
        """Give a prompt another title (a version of its own)."""
        with alone(self.folder / entry_id):  # a version saved meanwhile keeps its text
            return self.save(entry_id, replace(self.entry(entry_id).prompt, name=name))

    def duplicate(self, entry_id: str, name: str) -> Entry:
        """Keep a copy, also of a built-in prompt, under another title."""
        return self.add(replace(self.entry(entry_id).prompt, name=name))

    def version(self, entry_id: str, version: Version) -> PromptFile:
        """A prompt as an earlier version had it.

        Raises:
            DataError: It cannot be read.
        """
        return read(self._folder_of(entry_id), version)

    def delete(self, entry_id: str) -> Path:
        """Move a prompt aside; `restore` brings it back.

        Raises:
            DataError: The prompt is built in, or is not there.
            StoreError: It cannot be moved.
        """
        with alone(self.folder / entry_id):
            folder = self._folder_of(entry_id)
            aside = self.folder / DELETED / f"{time.time_ns()}-{entry_id}"
            _move(folder, aside)
        return aside

    def restore(self, aside: Path) -> Entry:
        """Bring back what `delete` moved.

        Raises:
            StoreError: It cannot be moved.
        """
        folder = self.folder / aside.name.split("-", 1)[1]
        with alone(folder):
            _move(aside, folder)
            return self._read(folder)

    def _free(self, name: str) -> str:
        """The name, or the first of “name 2”, “name 3”… that no prompt has."""
        taken = {entry.name.casefold() for entry in self.entries()}
        names = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
        return next(one for one in names if not one or one.casefold() not in taken)

    def _folder_of(self, entry_id: str) -> Path:
        folder = self.folder / entry_id
        if Path(entry_id).name != entry_id or ":" in entry_id:
            raise DataError(
                f"The prompt “{entry_id}” cannot be changed here.", "Duplicate it first."
            )
        if not folder.is_dir():
            raise DataError(
                f"The prompt “{entry_id}” is not in the library.", "Choose another one."
            )
        return folder

    def _own(self) -> Iterator[Entry]:
        if not self.folder.is_dir():
            return
        for folder in sorted(self.folder.iterdir()):
            if folder.is_dir() and not folder.name.startswith("."):
                yield self._read(folder)

    def _read(self, folder: Path) -> Entry:
        try:
            known = versions(folder)
            if not known:
                raise DataError(
                    f"The folder “{folder.name}” holds no version of a prompt.",
                    "Move it out of the library.",
                )
            prompt = read(folder, known[-1])
        except EngineError as error:
            empty = PromptFile(PromptElements())
            return Entry(folder.name, folder.name, "en", False, empty, (), error.message)
        name = prompt.name or folder.name
        return Entry(folder.name, name, prompt.elements.language, False, prompt, known)


def built_in() -> tuple[Entry, ...]:
    """The templates and samples that ship, in the order of their names' files."""
    return tuple(
        _shipped(file) for folder in BUILT_IN for file in sorted(folder.glob(f"*{SUFFIX}"))
    )


@cache
def _shipped(file: Path) -> Entry:
    prompt = read_prompt(file)
    entry_id = f"built-in:{file.parent.name}/{file.name}"
    return Entry(entry_id, prompt.name, prompt.elements.language, True, prompt)


def _saved(entry: Entry) -> float:
    return entry.versions[-1].saved if entry.versions else 0.0


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
    except OSError as error:
        raise cannot_write(target, error) from error
