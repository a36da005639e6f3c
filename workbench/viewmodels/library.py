"""The Library page without its widgets: the prompts, their versions, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from engine.errors import EngineError
from engine.prompting.elements import Item
from engine.prompting.file import PromptFile
from engine.prompting.library import Entry, Library
from engine.prompting.opening import open_prompt, save_prompt
from engine.prompting.versions import Version
from workbench.services.background import Background
from workbench.viewmodels.prompt_state import PromptState

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
NO_PARENT: Final = QModelIndex()
ENTRY_ROLE: Final = int(Qt.ItemDataRole.UserRole)


def state_of(prompt: PromptFile) -> PromptState:
    """A prompt of the library as the Compare page edits it, filled with its first item."""
    elements = prompt.elements
    item = prompt.items[0] if prompt.items else Item()
    return PromptState(
        language=elements.language,
        system=elements.system,
        instruction=elements.instruction,
        context=elements.context,
        examples=elements.examples,
        input=elements.input,
        output_indicator=elements.output_indicator,
        expected=item.expected or "",
        values=dict(item.variables),
        extraction=prompt.extraction or ("last-answer",),
        examples_as=prompt.examples_as,
    )


def prompt_of(state: PromptState, name: str) -> PromptFile:
    """The prompt of the Compare page as the library keeps it."""
    return PromptFile(state.elements(), name, (state.item(),), state.extraction, state.examples_as)


def in_order(entries: tuple[Entry, ...], language: str) -> tuple[Entry, ...]:
    """The person's own first, then what ships: the window's language before the other."""
    return tuple(
        sorted(entries, key=lambda one: (one.built_in, one.built_in and one.language != language))
    )


class LibraryModel(QObject):
    """Everything that touches the disk runs in the background.

    Attributes:
        entries: The person's own prompts, newest first, then the built-in ones.

    Signals:
        changed(str): The entries were read again; the id of the one to select, or empty.
        failed(object): An `ErrorReport`.
        deleted(str, object): Name of a prompt that was deleted, and where it lies now.
        warned(object): Sentences about an imported file.
        version_read(object, object): A `Version` and its `PromptFile`.
    """

    changed = Signal(str)
    failed = Signal(object)
    deleted = Signal(str, object)
    warned = Signal(object)
    version_read = Signal(object, object)

    def __init__(
        self, library: Library, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._background = background
        self.entries: tuple[Entry, ...] = ()
        self._wanted = ""
        self._going: set[str] = set()  # being deleted; told twice, they go once

    def refresh(self, select: str = "") -> None:
        """Read the library again."""
        self._wanted = select
        self._background.run(self._library.entries, self._take, self._fail)

    def add(self, prompt: PromptFile, note: str = "") -> None:
        """Keep a prompt."""
        self._do(partial(self._library.add, prompt, note))

    def save(self, entry_id: str, prompt: PromptFile, note: str = "") -> None:
        """Append a version."""
        self._do(partial(self._library.save, entry_id, prompt, note))

    def restore_version(self, entry: Entry, version: Version, note: str) -> None:
        """Make an earlier version the newest again."""
        self._do(partial(_again, self._library, entry.id, version, note))

    def rename(self, entry_id: str, name: str) -> None:
        """Give a prompt another title."""
        self._do(partial(self._library.rename, entry_id, name))

    def duplicate(self, entry_id: str, name: str) -> None:
        """Keep a copy."""
        self._do(partial(self._library.duplicate, entry_id, name))

    def delete(self, entry: Entry) -> None:
        """Move a prompt aside."""
        if entry.id in self._going:
            return
        self._going.add(entry.id)
        self._background.write(
            partial(self._library.delete, entry.id),
            partial(self._gone, entry),
            partial(self._stays, entry.id),
        )

    def bring_back(self, aside: Path) -> None:
        """Undo `delete`."""
        self._do(partial(self._library.restore, aside))

    def import_file(self, path: Path) -> None:
        """Keep the prompt of a file."""
        self._background.write(partial(_imported, self._library, path), self._came, self._fail)

    def export(self, prompt: PromptFile, path: Path, done: Callable[[None], None]) -> None:
        """Write a prompt to a file; the suffix chooses the format."""
        self._background.run(partial(save_prompt, path, prompt), done, self._fail)

    def read_version(self, entry: Entry, version: Version) -> None:
        """Fetch an earlier version; `version_read` brings it."""
        self._background.run(
            partial(self._library.version, entry.id, version),
            partial(self.version_read.emit, version),
            self._fail,
        )

    def _do(self, work: Callable[[], Entry]) -> None:
        self._background.write(work, self._done, self._fail)

    def _done(self, entry: Entry) -> None:
        self.refresh(entry.id)

    def _came(self, found: tuple[Entry, tuple[str, ...]]) -> None:
        entry, warnings = found
        if warnings:
            self.warned.emit(warnings)
        self.refresh(entry.id)

    def _gone(self, entry: Entry, aside: Path) -> None:
        self.deleted.emit(entry.name, aside)
        self.entries = tuple(one for one in self.entries if one.id != entry.id)
        self._going.discard(entry.id)
        self.changed.emit("")
        self.refresh()

    def _stays(self, entry_id: str, error: Exception) -> None:
        self._going.discard(entry_id)
        self._fail(error)

    def _take(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self.changed.emit(self._wanted)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self.failed.emit(error.report())


def _again(library: Library, entry_id: str, version: Version, note: str) -> Entry:
    prompt = library.version(entry_id, version)
    return library.save(entry_id, prompt, note, parent=version.number)


def _imported(library: Library, path: Path) -> tuple[Entry, tuple[str, ...]]:
    from dataclasses import replace

    opened = open_prompt(path)
    named = opened.prompt if opened.prompt.name else replace(opened.prompt, name=path.stem)
    return library.add(named), opened.warnings


class LibraryTable(QAbstractTableModel):
    """Name, language, and where it comes from."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._lines: list[str] = []

    def set_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._entries = entries
        self._lines = [_line(entry) for entry in entries]
        self.endResetModel()

    def entry(self, row: int) -> Entry:
        """The prompt of a row."""
        return self._entries[row]

    def line(self, row: int) -> str:
        """What the search looks through, lower-cased."""
        return self._lines[row]

    def row_of(self, entry_id: str) -> int:
        """The row of a prompt; -1 = it is not there."""
        return next((at for at, one in enumerate(self._entries) if one.id == entry_id), -1)

    def retranslate(self) -> None:
        """Set every text again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, 2))

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("LibraryTable", "Name"),
            translate("LibraryTable", "Language"),
            translate("LibraryTable", "Versions"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if index.column() == 0:
            return f"⚠ {entry.name}" if entry.problem else entry.name
        if index.column() == 1:
            return "中文" if entry.language == "zh" else "English"
        return translate("LibraryTable", "built in") if entry.built_in else len(entry.versions)


class LibraryFilter(QSortFilterProxyModel):
    """Keeps the prompts of a language that contain every word of the search."""

    def __init__(self, table: LibraryTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._words: tuple[str, ...] = ()
        self._language = ""
        self.setSourceModel(table)

    def set_search(self, text: str) -> None:
        """Words in any order, in the name or in the prompt."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange()

    def set_language(self, language: str) -> None:
        """``"en"``, ``"zh"``, or empty for both."""
        self.beginFilterChange()
        self._language = language
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        entry = self._table.entry(source_row)
        if self._language and entry.language != self._language:
            return False
        line = self._table.line(source_row)
        return all(word in line for word in self._words)


def _line(entry: Entry) -> str:
    elements = entry.prompt.elements
    texts = (
        entry.name, elements.system, elements.instruction, elements.context, elements.input,
        elements.output_indicator, *(one.input for one in elements.examples),
    )  # fmt: skip
    return " ".join(texts).casefold()
