"""A table of figures: each number with a bar, its interval as a whisker, and its origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from workbench.widgets.signed_tint import hue_of
from workbench.widgets.tones import current_tones, mix

ColumnKind = Literal["text", "signed", "amount", "number"]
Index = QModelIndex | QPersistentModelIndex
BAR_ROLE: Final = int(Qt.ItemDataRole.UserRole)
BAR_CHARS: Final = 14
LEAST_BAR_CHARS: Final = 5
PLAIN: Final = ("text", "number")
PAD: Final = 8


@dataclass(frozen=True)
class Bar:
    """One figure.

    Attributes:
        text: As it is read.
        value: Length of the bar.
        low, high: The interval; equal to the value = no whisker.
    """

    text: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class FigureColumn:
    """One column.

    Attributes:
        title: Its heading.
        tip: What it measures, in which unit.
        kind: ``"signed"`` draws from a zero line in the middle, ``"amount"`` from the left,
            ``"number"`` draws no bar, ``"text"`` is a label.
        full: Value of a whole bar.
        weight: Share of the room that bars have, against the other columns.
    """

    title: str
    tip: str = ""
    kind: ColumnKind = "text"
    full: float = 1.0
    weight: int = 1


@dataclass(frozen=True)
class FigureRow:
    """One line.

    Attributes:
        cells: A label, a figure, or None for "not measured", per column.
        tip: Where its figures come from.
        strong: Draw the label in bold.
    """

    cells: tuple[str | Bar | None, ...]
    tip: str = ""
    strong: bool = False


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: tuple[FigureColumn, ...] = ()
        self.rows: tuple[FigureRow, ...] = ()

    def set_content(self, columns: Sequence[FigureColumn], rows: Sequence[FigureRow]) -> None:
        self.beginResetModel()
        self.columns, self.rows = tuple(columns), tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        cell = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text if isinstance(cell, Bar) else cell if cell is not None else "–"
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip
        if role == BAR_ROLE:
            return cell
        if role == Qt.ItemDataRole.FontRole and row.strong and index.column() == 0:
            font = QFont(QGuiApplication.font())
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if self.columns[index.column()].kind != "text":
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if column.kind != "text":
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class _Delegate(QStyledItemDelegate):
    """Bar at the left of a cell, figure at its right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(BAR_ROLE)
        model = index.model()
        assert isinstance(model, _Model)
        column = model.columns[index.column()]
        if not isinstance(cell, Bar) or column.kind in ("text", "number"):
            super().paint(painter, option, index)
            return
        tones = current_tones()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        area = QRectF(option.rect).adjusted(PAD, 0, -PAD, 0)
        figure = option.fontMetrics.horizontalAdvance(widest(model.rows, index.column())) + PAD
        bar = QRectF(area.left(), area.top(), max(8.0, area.width() - figure), area.height())
        self._paint_bar(painter, bar, cell, column)
        painter.setPen(tones.text)
        painter.drawText(
            area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, cell.text
        )
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        width = option.fontMetrics.horizontalAdvance(str(index.data())) + 2 * PAD
        if isinstance(index.data(BAR_ROLE), Bar):
            model = index.model()
            assert isinstance(model, _Model)
            if model.columns[index.column()].kind != "number":
                width += option.fontMetrics.averageCharWidth() * BAR_CHARS
        return QSize(max(hint.width(), width), option.fontMetrics.height() + 12)

    @staticmethod
    def _paint_bar(painter: QPainter, area: QRectF, cell: Bar, column: FigureColumn) -> None:
        tones = current_tones()
        signed = column.kind == "signed"
        zero = area.center().x() if signed else area.left()
        room = area.width() / 2 if signed else area.width()
        full = column.full or 1.0

        def place(value: float) -> float:
            return zero + max(-1.0 if signed else 0.0, min(1.0, value / full)) * room

        hue = hue_of(cell.value, tones) if signed else tones.accent
        thick = area.height() * 0.36
        top = area.center().y() - thick / 2
        left, right = sorted((zero, place(cell.value)))
        painter.fillRect(
            QRectF(left, top, max(1.0, right - left), thick), mix(tones.base, hue, 0.75)
        )
        if signed:
            painter.setPen(tones.hairline)
            painter.drawLine(int(zero), int(area.top()) + 3, int(zero), int(area.bottom()) - 3)
        if cell.high > cell.low:
            middle = int(area.center().y())
            painter.setPen(tones.text)
            painter.drawLine(int(place(cell.low)), middle, int(place(cell.high)), middle)
            for end in (cell.low, cell.high):
                painter.drawLine(int(place(end)), middle - 3, int(place(end)), middle + 3)


def widest(rows: Sequence[FigureRow], column: int) -> str:
    """The longest figure of a column."""
    cells = [row.cells[column] for row in rows]
    return max((cell.text for cell in cells if isinstance(cell, Bar)), key=len, default="")


class FigureTable(QTableView):
    """Rows of figures; Ctrl+C copies the selected rows, or all, with headings.

    Signals:
        row_chosen(int): The person went to a row.
    """

    row_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("FigureTable { border: none; background: transparent; }")
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.selectionModel().currentRowChanged.connect(self._went)

    def set_content(self, columns: Sequence[FigureColumn], rows: Sequence[FigureRow]) -> None:
        """Show these figures; the chosen row stays chosen where it still is."""
        chosen = self.currentIndex().row()
        self._model.set_content(columns, rows)
        self._fit()
        if 0 <= chosen < len(rows):
            self.selectRow(chosen)

    def rows(self) -> tuple[FigureRow, ...]:
        """What is shown."""
        return self._model.rows

    def text(self) -> str:
        """Headings and rows, tab-separated."""
        lines = ["\t".join(column.title for column in self._model.columns)]
        for row in self._model.rows:
            lines.append(
                "\t".join(cell.text if isinstance(cell, Bar) else cell or "–" for cell in row.cells)
            )
        return "\n".join(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def sizeHint(self) -> QSize:
        height = self.horizontalHeader().height() + 4
        height += sum(self.rowHeight(row) for row in range(len(self._model.rows)))
        return QSize(super().sizeHint().width(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        self._share_room()
        self.updateGeometry()

    def _limit_height(self, scrolls: bool) -> None:
        """No higher than its rows; a bar that scrolls sideways hides none of them."""
        height = self.sizeHint().height()
        if scrolls:
            height += self.horizontalScrollBar().sizeHint().height()
        if height != self.maximumHeight():
            self.setMaximumHeight(height)

    def _share_room(self) -> None:
        """Labels and numbers as wide as they are; bars share the rest by their weights."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self._model.columns
        own = {
            place: max(self.sizeHintForColumn(place), header.sectionSizeHint(place)) + PAD
            for place, column in enumerate(columns)
            if column.kind in PLAIN
        }
        for place in range(len(columns)):
            if place not in own:
                own[place] = max(self._least(place), header.sectionSizeHint(place) + PAD)
        weights = {n: one.weight for n, one in enumerate(columns) if one.kind not in PLAIN}
        room = max(0, self.viewport().width() - sum(own.values()))
        for place, width in own.items():
            more = room * weights.get(place, 0) // max(1, sum(weights.values()))
            header.resizeSection(place, width + more)
        self._limit_height(sum(own.values()) > self.viewport().width())

    def _least(self, place: int) -> int:
        """Width of a column's figures with a bar that can still be read."""
        metrics = self.fontMetrics()
        figure = metrics.horizontalAdvance(widest(self._model.rows, place))
        return figure + metrics.averageCharWidth() * LEAST_BAR_CHARS + 3 * PAD

    def _went(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())
