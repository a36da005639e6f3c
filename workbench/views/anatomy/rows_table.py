"""The table of models: five textbook values per row, a mask picture, and what was proven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.inspection.anatomy.rows.registry import ROWS
from engine.inspection.anatomy.table_spec import RowResult
from workbench.services.engine_words import tell
from workbench.services.theme import Theme
from workbench.views.anatomy.mask_view import paint_mask
from workbench.views.anatomy.words import trait_name

Index = QModelIndex | QPersistentModelIndex
MASK: Final = 1
POSITION: Final = 3  # the widest texts; they give way where room is short
PROVEN: Final = 6
COLUMNS: Final = 7
THUMBNAIL_LINES: Final = 1.5


class RowsModel(QAbstractTableModel):
    """The rows as a Qt model."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.results: dict[str, RowResult] = {}
        self.loaded: tuple[str, str] | None = None

    def set_results(self, results: Mapping[str, RowResult]) -> None:
        """Show what running has shown so far."""
        self.results = dict(results)
        last = self.index(len(ROWS) - 1, COLUMNS - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def set_loaded(self, loaded: tuple[str, str] | None) -> None:
        """Mark the row that the loaded model is nearest to: (row id, model name)."""
        self.loaded = loaded
        self.dataChanged.emit(self.index(0, 0), self.index(len(ROWS) - 1, 0))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(ROWS)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = ROWS[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.source if index.column() == 0 else self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() == 0 and row.lecture:
            font = QFont(QGuiApplication.font())
            font.setBold(True)
            return font
        return None

    def text(self, number: int, column: int) -> str:
        """What a cell says."""
        row = ROWS[number]
        result = self.results.get(row.id)
        match column:
            case 0:
                near = self.loaded is not None and self.loaded[0] == row.id
                return (
                    f"{tell(row.name)}  ◂ {self.loaded[1]}"
                    if near and self.loaded
                    else tell(row.name)
                )
            case 2:
                return tell(row.structure)
            case 3:
                return "T5 " + self.tr("buckets") if row.id == "t5" else tell(row.position)
            case 4:
                mark = "*" if row.id == "chatglm" else ""
                return f"{row.activation}{mark}"
            case 5:
                return tell(row.norm)
            case 1:
                return ""
        if result is None:
            return "–"
        held = sum(claim.holds for claim in result.claims)
        sign = "✓" if result.proven else "✗"
        return self.tr("{sign} {held} of {total}").format(
            sign=sign, held=held, total=len(result.claims)
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Model"),
                self.tr("Mask"),
                trait_name("structure"),
                trait_name("position"),
                trait_name("activation"),
                trait_name("norm"),
                self.tr("Claims"),
            )[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {
                MASK: self.tr("Measured: which token's change moves which output"),
                PROVEN: self.tr("What the row says, put to its running model"),
            }.get(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class _MaskDelegate(QStyledItemDelegate):
    """The mask pictures of a row, side by side."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        model = index.model()
        assert isinstance(model, RowsModel)
        result = model.results.get(ROWS[index.row()].id)
        if result is None:
            return
        edge = thumbnail_edge(option.fontMetrics.height())
        top = option.rect.center().y() - edge / 2 + 0.5
        painter.save()
        for place, picture in enumerate(result.masks):
            left = option.rect.left() + 8 + place * (edge + 4)
            paint_mask(painter, QRectF(left, top, edge, edge), picture, self._theme)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        edge = thumbnail_edge(option.fontMetrics.height())
        return QSize(round(3 * (edge + 4) + 12), round(edge + 6))


def thumbnail_edge(line: int) -> float:
    """Edge of a picture in the table for a line height."""
    return round(line * THUMBNAIL_LINES / 4) * 4.0


class RowsTable(QTableView):
    """One row per model; Ctrl+C copies the table.

    Signals:
        row_chosen(int): The person went to a row.
    """

    row_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowsModel(self)
        self.setModel(self.rows)
        self.setItemDelegateForColumn(MASK, _MaskDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("RowsTable { border: none; background: transparent; }")
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.selectionModel().currentRowChanged.connect(self._went)
        theme.changed.connect(self._fit)
        self._fit()

    def set_results(self, results: Mapping[str, RowResult]) -> None:
        """Show what running has shown so far."""
        self.rows.set_results(results)
        self._fit()

    def set_loaded(self, loaded: tuple[str, str] | None) -> None:
        """Mark the row that the loaded model is nearest to: (row id, model name)."""
        self.rows.set_loaded(loaded)
        self._fit()

    def retranslate(self) -> None:
        """Texts follow the language."""
        self.setAccessibleName(self.tr("Models of the textbook and more"))
        self.rows.set_results(self.rows.results)
        self.rows.set_loaded(self.rows.loaded)
        self.rows.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COLUMNS - 1)
        self._fit()

    def text(self) -> str:
        """Headings and rows, tab-separated."""
        shown = [column for column in range(COLUMNS) if column != MASK]
        lines = [
            "\t".join(
                str(self.rows.headerData(column, Qt.Orientation.Horizontal)) for column in shown
            )
        ]
        for number in range(len(ROWS)):
            lines.append("\t".join(self.rows.text(number, column) for column in shown))
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as their texts; what is left goes to the last."""
        line = self.fontMetrics().height()
        self.verticalHeader().setDefaultSectionSize(round(thumbnail_edge(line) + 6))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        widths = [
            max(self.sizeHintForColumn(column), header.sectionSizeHint(column)) + 12
            for column in range(COLUMNS)
        ]
        over = max(0, sum(widths) - self.viewport().width())
        widths[POSITION] = max(widths[POSITION] - over, header.sectionSizeHint(POSITION) + 12)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        self.setMaximumHeight(self.sizeHint().height())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        high = self.verticalHeader().defaultSectionSize() * len(ROWS)
        return QSize(super().sizeHint().width(), high + self.horizontalHeader().height() + 4)

    def _went(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())
