"""The items of an evaluation as a Qt table model, and the filter over it.

Thousands of rows: what a cell shows, what it sorts by and which chips keep its row is worked out
once, when an answer comes; answers that come all together are worked out off the GUI thread
(`filled`). A key press then only picks rows, and nothing walks over all rows while one scrolls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from PySide6.QtCore import (
    QAbstractProxyModel,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from engine.evaluation.spec import CellKey, CellResult, CompareSpec, Vote
from engine.prompting.elements import Item
from engine.prompting.template import fill
from workbench.services.tips import tip
from workbench.viewmodels.evaluate_setup import model_label
from workbench.viewmodels.names import column_title

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
NO_PARENT: Final = QModelIndex()
FIXED: Final = 3
"""Columns before those of the variants: id, input, expected."""
VERDICT_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
LONGEST_CELL: Final = 160
LONGEST_SEARCHED: Final = 4000


class Show(StrEnum):
    """Which rows the chips keep."""

    ALL = "all"
    WRONG = "wrong"
    ONE_RIGHT = "one-right"
    INVALID = "invalid"


@dataclass(frozen=True)
class Lane:
    """One variant on one model: a column of the table.

    Attributes:
        model, variant: Indices of the spec.
        title: What stands above it.
        voted: Its samples vote for one answer.
    """

    model: int
    variant: int
    title: str
    voted: bool = False


@dataclass(frozen=True)
class Mark:
    """What is known of one item in one lane.

    Attributes:
        value: The extracted answer; None = the rule found none (yet).
        correct: Right or wrong; None when nobody knows or nothing came yet.
        answered: How many samples have answered.
        right: How many of them were right.
        error: Why it could not be asked.
        share: Agreement of a vote, 0…1; -1 without a vote.
        final: The vote is over.
    """

    value: str | None = None
    correct: bool | None = None
    answered: int = 0
    right: int = 0
    error: str = ""
    share: float = -1.0
    final: bool = False

    @property
    def invalid(self) -> bool:
        return self.answered > 0 and not self.error and self.value is None

    def sort_key(self) -> str:
        """Right, wrong, invalid, unanswered, failed; then by the answer."""
        order = {True: 0, False: 1, None: 3}[self.correct]
        return f"{4 if self.error else 2 if self.invalid else order} {self.value or ''}"

    def text(self) -> str:
        """Sign, answer, and of several samples how many agree or are right."""
        if self.error:
            return "⚠"
        if not self.answered:
            return ""
        sign = {True: "✓ ", False: "✗ ", None: ""}[self.correct]
        value = short(self.value) if self.value is not None else "–"
        if self.share >= 0:
            return f"{sign}{value}  {round(100 * self.share)} %"
        if self.answered > 1:
            return f"{sign}{value}  {self.right}/{self.answered}"
        return f"{sign}{value}"


@dataclass(frozen=True)
class ItemTexts:
    """What the table shows and searches of each item.

    Attributes:
        inputs: The questions.
        shorts: Each on one line, cut.
        lines: Id, question and expected answer, lower-cased.
        ranks: Of each row by id, by question and by expected answer; equal ones share one.
    """

    inputs: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    ranks: tuple[tuple[int, ...], ...] = ()


@dataclass
class Answers:
    """What is known of every item, and what follows from it for cells, sorting and chips.

    Attributes:
        marks: By row, then by lane.
        texts: What each cell shows, by row and lane.
        keys: What each sorts by, by lane and row: right, wrong, invalid, unanswered, failed.
        kept: By chip the rows that it keeps, 1 or 0 each.
        any: Whether any answer came.
    """

    places: dict[tuple[int, int], int]
    marks: list[list[Mark]]
    texts: list[list[str]]
    keys: list[list[str]]
    kept: dict[Show, bytearray] = field(default_factory=dict)
    any: bool = False

    def add_cell(self, cell: CellResult) -> tuple[int, int] | None:
        """Take a finished cell; its row and lane, or None when it changes nothing."""
        at, row = self.places[cell.key.model, cell.key.variant], cell.key.item
        before = self.marks[row][at]
        if cell.dropped or (before.share >= 0 and before.final):
            return None
        self._put(row, at, _with_cell(before, cell))
        return row, at

    def add_vote(self, vote: Vote) -> tuple[int, int]:
        """Take a vote, over or under way; its row and lane."""
        at = self.places[vote.model, vote.variant]
        mark = Mark(
            value=vote.winner,
            correct=vote.correct,
            answered=max(1, vote.samples),
            right=0,
            share=vote.agreement,
            final=vote.final,
        )
        self._put(vote.item, at, mark)
        return vote.item, at

    def _put(self, row: int, at: int, mark: Mark) -> None:
        marks = self.marks[row]
        marks[at] = mark
        self.any = True
        self.texts[row][at] = mark.text()
        self.keys[at][row] = mark.sort_key()
        known = [one.correct for one in marks if one.correct is not None]
        self.kept[Show.WRONG][row] = False in known
        self.kept[Show.INVALID][row] = any(one.invalid or one.error for one in marks)
        self.kept[Show.ONE_RIGHT][row] = len(known) > 1 and sum(known) == 1


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


class ItemsFilter(QAbstractProxyModel):
    """Keeps the rows that contain every word and that a chip asks for, in the order asked for.

    Rows are chosen and sorted here in one go: a `QSortFilterProxyModel` would call back into
    Python for every row and every comparison, which takes seconds for some thousand items.

    Signals:
        chosen_anew(): Other rows are shown, or in another order; a selection must be set again.
    """

    chosen_anew = Signal()

    def __init__(self, table: ItemsTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._words: tuple[str, ...] = ()
        self._sort: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self._rows: list[int] = []
        self._at: dict[int, int] = {}
        self.show_only = Show.ALL
        self.setSourceModel(table)
        self._take(self._chosen())
        table.modelAboutToBeReset.connect(self.beginResetModel)
        table.modelReset.connect(self._reset)
        table.dataChanged.connect(self._changed)
        table.headerDataChanged.connect(self.headerDataChanged)

    # Choosing

    def set_search(self, text: str) -> None:
        """Words in any order, in id, input or expected answer; empty shows everything."""
        self._words = tuple(text.casefold().split())
        self.renew()

    def set_show(self, show: Show) -> None:
        """Show only these rows."""
        self.show_only = show
        self.renew()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sort = (column, order)
        self.renew()

    def renew(self) -> None:
        """Choose and sort again, as answers came since."""
        rows = self._chosen()
        if rows == self._rows:
            return
        self.beginResetModel()
        self._take(rows)
        self.endResetModel()
        self.chosen_anew.emit()

    def source_rows(self) -> list[int]:
        """Rows of the table that are shown, in the order shown."""
        return list(self._rows)

    def _chosen(self) -> list[int]:
        found = self._table.chosen(self._words, self.show_only)
        column, order = self._sort
        if column >= 0 and found:
            ranks = self._table.order_by(column)
            found.sort(key=ranks.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
        return found

    def _take(self, rows: list[int]) -> None:
        self._rows = rows
        self._at = {row: place for place, row in enumerate(rows)}

    def _reset(self) -> None:
        self._take(self._chosen())
        self.endResetModel()
        self.chosen_anew.emit()

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        """Answers of one row came."""
        place = self._at.get(first.row())
        if place is not None:
            left, right = self.index(place, first.column()), self.index(place, last.column())
            self.dataChanged.emit(left, right)

    # Qt

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return self._table.columnCount(parent)

    def index(self, row: int, column: int, parent: Index = NO_PARENT) -> QModelIndex:
        inside = 0 <= row < len(self._rows) and 0 <= column < self._table.columnCount()
        return self.createIndex(row, column) if inside and not parent.isValid() else QModelIndex()

    def parent(self, _index: Index = NO_PARENT) -> QModelIndex:  # type: ignore[override]
        return QModelIndex()

    def mapToSource(self, index: Index) -> QModelIndex:
        if not index.isValid():
            return QModelIndex()
        return self._table.index(self._rows[index.row()], index.column())

    def mapFromSource(self, index: Index) -> QModelIndex:
        place = self._at.get(index.row()) if index.isValid() else None
        return QModelIndex() if place is None else self.index(place, index.column())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        return self._table.headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self._table.cell(self._rows[index.row()], index.column(), role)


NOTHING: Final = Mark()


def lanes_of(spec: CompareSpec) -> tuple[Lane, ...]:
    """The columns of a comparison: models outside, variants inside."""
    several = len(spec.models) > 1
    found = []
    for model, ref in enumerate(spec.models):
        for at, variant in enumerate(spec.variants):
            title = column_title(variant.technique, variant.name)
            if several:
                title = f"{title} · {model_label(ref)}"
            found.append(Lane(model, at, title))
    return tuple(found)


def texts_of(spec: CompareSpec) -> ItemTexts:
    """The texts of every item; the question is the prompt's input, filled, or its variables."""
    template = spec.prompt.input
    inputs = tuple(
        fill(template, item.variables) if template else "\n".join(item.variables.values())
        for item in spec.items
    )
    lines = (
        f"{item.id} {asked[:LONGEST_SEARCHED]} {item.expected or ''}".casefold()
        for item, asked in zip(spec.items, inputs, strict=True)
    )
    shorts = tuple(map(short, inputs))
    ranks = (
        ranks_of([_numbered(item.id) for item in spec.items]),
        ranks_of(shorts),
        ranks_of([_numbered(item.expected or "") for item in spec.items]),
    )
    return ItemTexts(inputs, shorts, tuple(lines), ranks)


def blank(spec: CompareSpec | None) -> Answers:
    """No answers yet."""
    lanes = lanes_of(spec) if spec is not None else ()
    rows = len(spec.items) if spec is not None else 0
    return Answers(
        places={(lane.model, lane.variant): at for at, lane in enumerate(lanes)},
        marks=[[NOTHING] * len(lanes) for _ in range(rows)],
        texts=[[""] * len(lanes) for _ in range(rows)],
        keys=[[NOTHING.sort_key()] * rows for _ in lanes],
        kept={show: bytearray(rows) for show in Show if show is not Show.ALL},
    )


def filled(spec: CompareSpec, cells: Iterable[CellResult], votes: Iterable[Vote] = ()) -> Answers:
    """All answers of a run at once; of thousands this takes longer than a frame."""
    answers = blank(spec)
    for cell in cells:
        answers.add_cell(cell)
    for vote in votes:
        answers.add_vote(vote)
    return answers


def ranks_of(keys: Sequence[str]) -> tuple[int, ...]:
    """The place of each key among all of them; equal ones share one."""
    place = {key: at for at, key in enumerate(sorted(set(keys)))}
    return tuple(map(place.__getitem__, keys))


def _numbered(text: str) -> str:
    """Numbers sort by their size."""
    return f"{text:0>12}" if text.isdecimal() else text


def slim(cell: CellResult) -> CellResult:
    """A cell without its token records: thousands of them stay in memory."""
    if cell.generation is None:
        return replace(cell, prompt_ids=(), sent=())
    return replace(
        cell, generation=replace(cell.generation, tokens=()), prompt_ids=(), sent=(), stages=()
    )


def cell_at(key: CellKey) -> tuple[int, int, int]:
    """Item, model, variant: where a cell belongs."""
    return key.item, key.model, key.variant


def short(text: str) -> str:
    """One line of a long text."""
    flat = " ".join(text[: 2 * LONGEST_CELL].split())
    return flat if len(flat) <= LONGEST_CELL else flat[: LONGEST_CELL - 1] + "…"


def _with_cell(before: Mark, cell: CellResult) -> Mark:
    """What is known of an item after one more sample."""
    if cell.error is not None:
        return replace(before, error=cell.error.message)
    found = cell.extractions[0] if cell.extractions else None
    right = before.right + (cell.correct is True)
    answered = before.answered + 1
    value = found.value if found is not None else None
    if before.answered and before.value is not None:
        value = before.value
    correct = cell.correct if answered == 1 else _mostly(right, answered, cell.correct)
    return replace(before, value=value, correct=correct, answered=answered, right=right)


def _mostly(right: int, answered: int, last: bool | None) -> bool | None:
    return None if last is None else 2 * right > answered
