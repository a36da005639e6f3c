"""The items of an evaluation as a Qt table model; nothing walks over all rows while one scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from engine.evaluation.spec import CellResult, CompareSpec, Vote
from engine.prompting.elements import Item
from workbench.services.tips import tip
from workbench.viewmodels.evaluate_answers import (
    LONGEST_SEARCHED,
    Answers,
    ItemTexts,
    Lane,
    Mark,
    Show,
    blank,
    lanes_of,
    ranks_of,
    short,
)

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
NO_PARENT: Final = QModelIndex()
FIXED: Final = 3
"""Columns before those of the variants: id, input, expected."""
VERDICT_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


class ItemsTable(QAbstractTableModel):
    """One row per item; `set_spec` begins anew, `add_cell` and `add_vote` fill it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec: CompareSpec | None = None
        self._items: tuple[Item, ...] = ()
        self._answers = blank(None)
        self._orders: dict[int, tuple[int, ...]] = {}
        self.texts = ItemTexts()
        self.lanes: tuple[Lane, ...] = ()

    # Filling

    def set_spec(
        self,
        spec: CompareSpec | None,
        texts: ItemTexts | None = None,
        answers: Answers | None = None,
    ) -> None:
        """Show the items of a comparison.

        Args:
            spec: The comparison; None = nothing.
            texts: Of its items (`texts_of`), made off the GUI thread.
            answers: To all of them (`filled`), made there too; None = unanswered. They belong to
                the table from now on.
        """
        self.beginResetModel()
        self._spec = spec
        self._items = spec.items if spec is not None else ()
        self.lanes = lanes_of(spec) if spec is not None else ()
        self.texts = texts or ItemTexts()
        self._answers = answers or blank(spec)
        self._orders = {}
        self.endResetModel()

    def add_cell(self, cell: CellResult) -> int:
        """Take a finished cell; returns its row."""
        self._changed(self._answers.add_cell(cell))
        return cell.key.item

    def add_vote(self, vote: Vote) -> int:
        """Take a vote, over or under way; returns its row."""
        self._changed(self._answers.add_vote(vote))
        return vote.item

    def _changed(self, place: tuple[int, int] | None) -> None:
        if place is None:
            return
        row, at = place
        self._orders.pop(FIXED + at, None)
        index = self.index(row, FIXED + at)
        self.dataChanged.emit(index, index)

    # Reading

    def spec(self) -> CompareSpec | None:
        """The comparison that is shown."""
        return self._spec

    def item(self, row: int) -> Item:
        """The item of a row."""
        return self._items[row]

    def asked(self, row: int) -> str:
        """The question of a row."""
        return self.texts.inputs[row]

    def marks(self, row: int) -> Sequence[Mark]:
        """What is known of a row, lane by lane."""
        return self._answers.marks[row]

    def answered(self) -> bool:
        """Whether any answer came."""
        return self._answers.any

    def chosen(self, words: Sequence[str], show: Show) -> list[int]:
        """The rows that contain every word and that a chip keeps, in their order."""
        kept = self._answers.kept.get(show)
        found = list(range(len(self._items)))
        if kept is not None:
            found = [row for row in found if kept[row]]
        lines = self.texts.lines
        for word in words:
            found = [row for row in found if word in lines[row]]
        return found

    def order_by(self, column: int) -> Sequence[int]:
        """Every row's rank by a column, equal ones sharing one: numbers as numbers, verdicts right,
        wrong, invalid, failed."""
        if column < FIXED:
            return self.texts.ranks[column] if self.texts.ranks else ()
        if column not in self._orders:
            self._orders[column] = ranks_of(self._answers.keys[column - FIXED])
        return self._orders[column]

    def retranslate(self) -> None:
        """Set every text again (a new language)."""
        if self._spec is not None:
            self.lanes = lanes_of(self._spec)
        last = self.columnCount() - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, last))

    # Qt

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else FIXED + len(self.lanes)

    def index(self, row: int, column: int, parent: Index = NO_PARENT) -> QModelIndex:
        """Without the detour over `rowCount` and `columnCount`: it is asked for very often."""
        inside = 0 <= row < len(self._items) and 0 <= column < FIXED + len(self.lanes)
        return self.createIndex(row, column) if inside and not parent.isValid() else QModelIndex()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if section >= FIXED:
            return self.lanes[section - FIXED].title
        return (
            translate("ItemsTable", "Id"),
            translate("ItemsTable", "Input"),
            translate("ItemsTable", "Expected"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.cell(index.row(), index.column(), role) if index.isValid() else None

    def cell(self, row: int, column: int, role: int) -> object:
        """What a cell shows; called for every cell in sight, with every role."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == VERDICT_ROLE and column >= FIXED:
            mark = self._answers.marks[row][column - FIXED]
            return "bad" if mark.error else {True: "good", False: "bad", None: ""}[mark.correct]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        return None

    def _text(self, row: int, column: int) -> str:
        if column >= FIXED:
            return self._answers.texts[row][column - FIXED]
        item = self._items[row]
        if column == 1:
            return self.texts.shorts[row]
        return item.id if column == 0 else short(item.expected or "")

    def _tip(self, row: int, column: int) -> str | None:
        if column == 1:
            return tip(self.texts.inputs[row][:LONGEST_SEARCHED])
        if column == 2:
            return tip(self._items[row].expected or "")
        if column >= FIXED:
            mark = self._answers.marks[row][column - FIXED]
            return tip(mark.error or mark.value or "") or None
        return None
