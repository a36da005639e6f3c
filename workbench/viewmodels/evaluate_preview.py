"""The first records of a set as they would be asked: what the import dialog shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from engine.errors import EngineError
from engine.evaluation.datasets.dataset import Dataset
from engine.prompting.render import render
from workbench.services.tips import tip
from workbench.viewmodels.evaluate_answers import short

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
NO_PARENT: Final = QModelIndex()
SHOWN: Final = 50


@dataclass(frozen=True)
class PreviewRow:
    """A record as it would be asked.

    Attributes:
        line: Its line in the file.
        id: The item's name.
        asked: The messages as text, or why they cannot be made.
        expected: The right answer; empty = unknown.
    """

    line: int
    id: str
    asked: str
    expected: str


def preview(dataset: Dataset, most: int = SHOWN) -> tuple[PreviewRow, ...]:
    """The first items, asked with the set's own prompt and no examples."""
    rows = []
    for record, item in zip(dataset.records[:most], dataset.items[:most], strict=True):
        try:
            messages = render(dataset.prompt, item.variables)
            asked = "\n".join(message.content for message in messages)
        except EngineError as error:
            asked = f"⚠ {error.message}"
        rows.append(PreviewRow(record.line, item.id, asked, item.expected or ""))
    return tuple(rows)


class PreviewTable(QAbstractTableModel):
    """Line, id, question, expected answer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PreviewRow, ...] = ()

    def set_rows(self, rows: tuple[PreviewRow, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("PreviewTable", "Line"),
            translate("PreviewTable", "Id"),
            translate("PreviewTable", "As it would be asked"),
            translate("PreviewTable", "Expected"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        text = (str(row.line), row.id, row.asked, row.expected)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return short(text)
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole and text else None
