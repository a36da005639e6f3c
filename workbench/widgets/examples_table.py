"""The examples of a prompt as a table: input, steps, output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.prompting.elements import Example
from workbench.services.tips import tip

FIELDS: Final = ("input", "reasoning", "output")
MOST_LINES: Final = 4
PAD: Final = 6
Index = QModelIndex | QPersistentModelIndex


class ExamplesModel(QAbstractTableModel):
    """Shows a tuple of examples; edits are handed out, never kept.

    Signals:
        edited(object): The examples as they should be after the person's edit.
    """

    edited = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._examples: tuple[Example, ...] = ()

    def examples(self) -> tuple[Example, ...]:
        """What is shown."""
        return self._examples

    def set_examples(self, examples: Sequence[Example]) -> None:
        """Show these."""
        wanted = tuple(examples)
        if len(wanted) == len(self._examples):
            self._examples = wanted
            if wanted:
                self.dataChanged.emit(self.index(0, 0), self.index(len(wanted) - 1, 2))
            return
        self.beginResetModel()
        self._examples = wanted
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._examples)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(FIELDS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        text = getattr(self._examples[index.row()], FIELDS[index.column()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return text
        if role == Qt.ItemDataRole.ToolTipRole and text:
            return tip(text if len(text) < 1500 else text[:1500] + "…")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row = self._examples[index.row()]
        field = FIELDS[index.column()]
        if getattr(row, field) == str(value):
            return False
        changed = replace(row, **{field: str(value)})
        before, after = self._examples[: index.row()], self._examples[index.row() + 1 :]
        self.edited.emit((*before, changed, *after))
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return (self.tr("Input"), self.tr("Steps"), self.tr("Output"))[section]


class _TextDelegate(QStyledItemDelegate):
    """Edits a cell in a small text field: Enter keeps, Shift+Enter breaks the line."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QPlainTextEdit(parent)
        editor.setTabChangesFocus(True)
        editor.setMinimumHeight(parent.fontMetrics().lineSpacing() * 3)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QPlainTextEdit):
            editor.setPlainText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QPlainTextEdit):
            model.setData(index, editor.toPlainText())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.commitData.emit(editor)
                self.closeEditor.emit(editor)
                return True
            if enter:
                return False
        return super().eventFilter(editor, event)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Whole lines only: what does not fit ends in an ellipsis, nothing is cut through."""
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        text = styled.text  # type: ignore[attr-defined]
        styled.text = ""  # type: ignore[attr-defined]
        widget = option.widget  # type: ignore[attr-defined]
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, styled, painter, widget)
        room = option.rect.adjusted(PAD, PAD, -PAD, -PAD)  # type: ignore[attr-defined]
        painter.save()
        painter.setClipRect(room)
        painter.setPen(widget.palette().color(QPalette.ColorRole.Text))
        draw_lines(painter, text, QRectF(room), widget.font())
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        widget = option.widget  # type: ignore[attr-defined]
        width = widget.columnWidth(index.column()) - 2 * PAD
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        layout = _laid_out(text, widget.font(), width)
        height = sum(layout.lineAt(number).height() for number in range(layout.lineCount()))
        return QSize(width, round(height) + 2 * PAD)


def _laid_out(text: str, font: QFont, width: float) -> QTextLayout:
    """The first lines of a text, laid out into a width. Lines live as long as their layout."""
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    layout.beginLayout()
    y = 0.0
    while layout.lineCount() < MOST_LINES:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(1.0, width))
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def draw_lines(painter: QPainter, text: str, room: QRectF, font: QFont) -> None:
    """Draw the first lines of a text; an ellipsis ends the last one when there is more."""
    layout = _laid_out(text, font, room.width())
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        end = line.textStart() + line.textLength()
        if number == layout.lineCount() - 1 and end < len(layout.text()):
            metrics = QFontMetricsF(font)
            rest = metrics.elidedText(
                layout.text()[line.textStart() : end + 8].replace("\u2028", " "),
                Qt.TextElideMode.ElideRight,
                room.width(),
            )
            baseline = room.top() + line.y() + line.ascent()
            painter.drawText(QPointF(room.left(), baseline), rest)
        else:
            line.draw(painter, room.topLeft())


class ExamplesTable(QTableView):
    """The table itself; its height follows its rows.

    Signals:
        paste_wanted(): Ctrl+V with no cell in edit.
        delete_wanted(): Delete with no cell in edit.
    """

    paste_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, model: ExamplesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_TextDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setShowGrid(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setCornerButtonEnabled(False)
        model.modelReset.connect(self.fit)
        model.dataChanged.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Row heights by their text, the table's height by its rows."""
        self.resizeRowsToContents()
        rows = sum(self.rowHeight(row) for row in range(self.model().rowCount()))
        line = self.fontMetrics().lineSpacing()
        height = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth()
        self.setFixedHeight(max(line * 3, min(height, line * 16)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)
