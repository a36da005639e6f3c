"""The items: filter, chips, table, and the selected item's answers below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.services.container import Services
from workbench.viewmodels.evaluate import EvaluateModel
from workbench.viewmodels.evaluate_answers import Show
from workbench.viewmodels.evaluate_items import FIXED, VERDICT_ROLE
from workbench.viewmodels.evaluate_items_filter import ItemsFilter
from workbench.views.evaluate.item_details import ItemDetails
from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.rows_view import Fit, RowsView
from workbench.widgets.tones import current_tones

LEAST_INPUT: Final = 20
ID_CHARS: Final = 7
EXPECTED_CHARS: Final = 12
LANE_CHARS: Final = 14
Index = QModelIndex | QPersistentModelIndex


class VerdictDelegate(QStyledItemDelegate):
    """Colours a right or wrong answer; its sign says the same."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        verdict = index.data(VERDICT_ROLE)
        if verdict:
            tones = current_tones()
            colour = tones.good if verdict == "good" else tones.bad
            option.palette.setColor(QPalette.ColorRole.Text, colour)
            option.palette.setColor(QPalette.ColorRole.HighlightedText, colour)


class ItemsView(RowsView):
    """Its widths do not hang on the answers that come in: the columns stand still."""

    def natural_width(self, column: int) -> int:
        letter = self.fontMetrics().averageCharWidth()
        if column < FIXED:
            return letter * (ID_CHARS if column == 0 else EXPECTED_CHARS)
        return max(letter * LANE_CHARS, self.horizontalHeader().sectionSizeHint(column))


class ItemsPanel(QWidget):
    """Signals:
    save_wanted(object): Rows (of the table) to save as a set of their own.
    """

    save_wanted = Signal(object)

    def __init__(
        self, model: EvaluateModel, services: Services, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._services = services
        self.filter = ItemsFilter(model.table, self)
        self.search = QLineEdit(self)
        self.search.setObjectName("items-search")
        self.search.setClearButtonEnabled(True)
        self.chips = {show: Chip(self, compact=True) for show in Show}
        self._group = QButtonGroup(self)
        for show, chip in self.chips.items():
            chip.setObjectName(f"show-{show}")
            self._group.addButton(chip)
        self.chips[Show.ALL].setChecked(True)
        self.count = PlainLabel(self)
        set_role(self.count, "muted")
        self.more = QToolButton(self)
        self.more.setObjectName("items-more")
        services.icons.bind(self.more, "more")
        self.view = ItemsView(Fit(stretch=1, least=LEAST_INPUT), self)
        self.view.setObjectName("items-table")
        self.details = ItemDetails(model, services, self)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._verdicts = VerdictDelegate(self)
        self._shown_row = 0
        self._dress_view()
        self._lay_out()
        self._connect()
        self.retranslate()

    # Outside

    def answers_changed(self) -> None:
        """Answers came or went as a whole (a run began or ended): filter and offer anew."""
        self.filter.renew()
        self._offer()
        self._write_count()
        self.details.show_row(self.current_row())

    def current_row(self) -> int:
        """The table's row that is selected; -1 = none."""
        rows = self.view.selectionModel().selectedRows()
        return self.filter.mapToSource(rows[0]).row() if rows else -1

    def show_all(self) -> None:
        """Take every filter away."""
        self.search.clear()
        self.chips[Show.ALL].setChecked(True)
        self._show_chosen()

    def select_row(self, row: int) -> None:
        """Select a row of the table, if it is shown."""
        index = self.filter.mapFromSource(self._model.table.index(row, 0))
        if index.isValid():
            self.view.selectRow(index.row())
            self.view.scrollTo(index)

    def retranslate(self) -> None:
        """Set every text again."""
        self.search.setPlaceholderText(self.tr("Search the items"))
        self.search.setAccessibleName(self.tr("Search the items"))
        texts = {
            Show.ALL: (self.tr("All"), self.tr("Every item")),
            Show.WRONG: (self.tr("Wrong"), self.tr("At least one technique is wrong")),
            Show.ONE_RIGHT: (
                self.tr("Exactly one right"),
                self.tr("Items that tell the techniques apart"),
            ),
            Show.INVALID: (
                self.tr("No answer"),
                self.tr("The rule found no answer, or the item could not be asked"),
            ),
        }
        for show, (text, hint) in texts.items():
            self.chips[show].setText(text)
            self.chips[show].setToolTip(hint)
            self.chips[show].updateGeometry()
        self.more.setToolTip(self.tr("Copy or save the items shown"))
        self.more.setAccessibleName(self.more.toolTip())
        self.view.setAccessibleName(self.tr("Items and their answers"))
        self._model.table.retranslate()
        self._write_count()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.set_room(self.splitter.height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    # Inside

    def _searched(self, text: str) -> None:
        self.filter.set_search(text)
        self._write_count()

    def _show_chosen(self) -> None:
        chosen = next(show for show, chip in self.chips.items() if chip.isChecked())
        self.filter.set_show(chosen)
        self._write_count()

    def _offer(self) -> None:
        answered = self._model.table.answered()
        for show, chip in self.chips.items():
            chip.setEnabled(answered or show is Show.ALL)
        several = len(self._model.table.lanes) > 1
        self.chips[Show.ONE_RIGHT].setVisible(several)
        if not answered and not self.chips[Show.ALL].isChecked():
            self.chips[Show.ALL].setChecked(True)
            self._show_chosen()

    def _write_count(self) -> None:
        shown, whole = self.filter.rowCount(), self._model.table.rowCount()
        if shown == whole == 1:
            self.count.setText(self.tr("1 item"))
        elif shown == whole:
            self.count.setText(self.tr("{n:,} items").format(n=whole))
        else:
            self.count.setText(self.tr("{n:,} of {whole:,} items").format(n=shown, whole=whole))

    def _selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        row = self.current_row()
        if row >= 0:
            self._shown_row = row
            self.details.show_row(row)

    def _reset(self) -> None:
        """Other items, or the same ones unanswered."""
        if self._shown_row >= self._model.table.rowCount():
            self._shown_row = 0
        for column in range(self.filter.columnCount()):
            self.view.setItemDelegateForColumn(column, self._verdicts if column >= FIXED else None)
        self.view.fit_columns()
        self._offer()
        self._write_count()
        self._select(self._shown_row)

    def _chosen_anew(self) -> None:
        """The same item stays selected where it is still shown."""
        self._write_count()
        self._select(self._shown_row)

    def _select(self, row: int) -> None:
        index = self.filter.mapFromSource(self._model.table.index(row, 0))
        if not index.isValid() and self.filter.rowCount():
            index = self.filter.index(0, 0)
        if index.isValid():
            self.view.selectRow(index.row())
        else:
            self.details.show_row(-1)

    def _row_changed(self, row: int) -> None:
        # Asking the view which row is selected takes longer than all else that an answer causes.
        if row == self._shown_row and row == self.current_row():
            self.details.show_row(row)

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        copy = menu.addAction(self.tr("Copy the rows shown"))
        copy.triggered.connect(self.copy_rows)
        save = menu.addAction(self.tr("Save the items shown as a set…"))
        save.setEnabled(self._model.plan is not None and self._model.plan.dataset is not None)
        save.triggered.connect(self._save)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def copy_rows(self) -> None:
        """The rows shown, as a table that spreadsheets take."""
        columns = range(self.filter.columnCount())
        lines = [
            [
                str(self.filter.headerData(column, Qt.Orientation.Horizontal) or "")
                for column in columns
            ]
        ]
        for row in range(self.filter.rowCount()):
            lines.append([str(self.filter.index(row, column).data() or "") for column in columns])
        text = "\n".join("\t".join(cells) for cells in lines)
        QGuiApplication.clipboard().setText(text)

    def _save(self) -> None:
        self.save_wanted.emit(self.filter.source_rows())

    def _dress_view(self) -> None:
        self.view.setModel(self.filter)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def _lay_out(self) -> None:
        bar = FlowBar(self)
        flow = FlowLayout(bar, 6)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 16)
        flow.addWidget(self.search)
        for chip in self.chips.values():
            flow.addWidget(chip)
        flow.addWidget(self.count)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(bar, 1)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(8)
        self.view.setMinimumHeight(self.fontMetrics().lineSpacing() * 5)
        self.splitter.addWidget(self.view)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 5)
        self.splitter.setStretchFactor(1, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._searched)
        self._group.buttonClicked.connect(self._show_chosen)
        self.more.clicked.connect(self._open_more)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self._model.table.modelReset.connect(self._reset)
        self.filter.chosen_anew.connect(self._chosen_anew)
        self._model.row_changed.connect(self._row_changed)
        self._services.theme.changed.connect(self.view.fit_rows)
