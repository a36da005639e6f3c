"""The list of models as a Qt table model, and the search over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QIcon

from engine.models.spec import LoadState, ModelEntry
from workbench.services.engine_words import tell
from workbench.services.numbers import file_size
from workbench.services.tips import tip
from workbench.viewmodels.models_format import count_text, moment_text
from workbench.viewmodels.names import model_name

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str | None]
StateIcon = Callable[[ModelEntry, LoadState], QIcon | None]
NO_PARENT: Final = QModelIndex()
ENTRY_ROLE: Final = int(Qt.ItemDataRole.UserRole)
SORT_ROLE: Final = ENTRY_ROLE + 1


class Column(IntEnum):
    """The columns, left to right."""

    NAME = 0
    STATE = 1
    SIZE = 2
    PARAMETERS = 3
    ARCHITECTURE = 4
    LAST_USED = 5


def key_of(entry: ModelEntry) -> Key:
    """What tells two entries apart: name and revision."""
    return entry.id, entry.revision


def name_text(entry: ModelEntry) -> str:
    """The last part of a path; a hub repository or a teaching model in full."""
    if entry.source in ("folder", "gguf"):
        return model_name(entry.id)
    return entry.id


def source_text(entry: ModelEntry) -> str:
    """Where the entry was found, in words."""
    return {
        "teaching": translate("ModelsTable", "ships with Lathe"),
        "folder": translate("ModelsTable", "folder"),
        "gguf": translate("ModelsTable", "GGUF file"),
        "hub-cache": translate("ModelsTable", "hub cache"),
    }[entry.source]


def state_text(entry: ModelEntry, state: LoadState) -> str:
    """The real state, in words."""
    if state == "unloaded" and entry.problem:
        return translate("ModelsTable", "has a problem")
    return {
        "unloaded": translate("ModelsTable", "on disk"),
        "loading": translate("ModelsTable", "loading …"),
        "loaded": translate("ModelsTable", "loaded"),
        "failed": translate("ModelsTable", "failed"),
    }[state]


def _alignment(column: Column) -> int:
    """Numbers stand at the right, words at the left."""
    side = Qt.AlignmentFlag.AlignLeft
    if column in (Column.SIZE, Column.PARAMETERS):
        side = Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class ModelsTable(QAbstractTableModel):
    """One row per model; the states come from outside, by key.

    Args:
        icon: Gives the icon that stands before a state; None = no icons.
    """

    def __init__(self, icon: StateIcon | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._entries: tuple[ModelEntry, ...] = ()
        self._states: Mapping[Key, LoadState] = {}

    def set_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        """Show these models."""
        if entries == self._entries:
            return
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def set_states(self, states: Mapping[Key, LoadState]) -> None:
        """The real states; models that are absent are on disk only."""
        if states == self._states:
            return
        self._states = dict(states)
        self.refresh()

    def refresh(self) -> None:
        """Every text anew (a new language, another state)."""
        if self._entries:
            last = self.index(len(self._entries) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def entries(self) -> tuple[ModelEntry, ...]:
        """The models shown, in the catalog's order."""
        return self._entries

    def state_of(self, entry: ModelEntry) -> LoadState:
        """The state of one model."""
        return self._states.get(key_of(entry), "unloaded")

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.NAME: translate("ModelsTable", "Model"),
            Column.STATE: translate("ModelsTable", "State"),
            Column.SIZE: translate("ModelsTable", "Size"),
            Column.PARAMETERS: translate("ModelsTable", "Parameters"),
            Column.ARCHITECTURE: translate("ModelsTable", "Architecture"),
            Column.LAST_USED: translate("ModelsTable", "Last used"),
        }[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._tip(entry))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column == Column.STATE:
            return self._icon(entry, self.state_of(entry)) if self._icon else None
        if role == ENTRY_ROLE:
            return entry
        if role == SORT_ROLE:
            return self._sort_key(entry, column)
        return None

    def _text(self, entry: ModelEntry, column: Column) -> str:
        return {
            Column.NAME: name_text(entry),
            Column.STATE: state_text(entry, self.state_of(entry)),
            Column.SIZE: file_size(entry.size_bytes) if entry.size_bytes else "–",
            Column.PARAMETERS: count_text(entry.parameters),
            Column.ARCHITECTURE: entry.architecture or "–",
            Column.LAST_USED: moment_text(entry.last_used),
        }[column]

    def _tip(self, entry: ModelEntry) -> str:
        lines = [f"{source_text(entry)} · {entry.path}"]
        if entry.revision:
            revision = translate("ModelsTable", "revision {name}")
            lines.append(revision.format(name=entry.revision[:12]))
        if entry.problem:
            lines.append(tell(entry.problem))
        return "\n".join(lines)

    def _sort_key(self, entry: ModelEntry, column: Column) -> object:
        order = ("loaded", "loading", "failed", "unloaded")
        return {
            Column.NAME: name_text(entry).casefold(),
            Column.STATE: order.index(self.state_of(entry)),
            Column.SIZE: float(entry.size_bytes),
            Column.PARAMETERS: float(entry.parameters or -1),
            Column.ARCHITECTURE: entry.architecture.casefold(),
            Column.LAST_USED: float(entry.last_used or 0.0),
        }[column]


class ModelsSearch(QSortFilterProxyModel):
    """Keeps the rows that contain every word of the search; sorts numbers as numbers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSortRole(SORT_ROLE)
        self.setDynamicSortFilter(True)

    def set_search(self, text: str) -> None:
        """Words in any order, in name, path, architecture or source; empty shows everything."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        entry = self.sourceModel().index(source_row, 0, source_parent).data(ENTRY_ROLE)
        if not isinstance(entry, ModelEntry):
            return False
        text = f"{entry.id} {entry.path} {entry.architecture} {source_text(entry)}".casefold()
        return all(word in text for word in self._words)
