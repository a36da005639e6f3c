"""The items that exactly one column got right: where a technique earns its keep, or loses it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from engine.evaluation.statistics.comparison import Comparison, OnlyRight
from workbench.services.container import Services
from workbench.viewmodels.results_text import only_right_csv
from workbench.views.evaluate.results.more_button import MoreButton
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

LINES: Final = 8
Index = QModelIndex | QPersistentModelIndex


class _Items(QAbstractListModel):
    """Rows, not widgets: thousands cost nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[OnlyRight, ...] = ()
        self.labels: tuple[str, ...] = ()

    def set_rows(self, rows: tuple[OnlyRight, ...], labels: tuple[str, ...]) -> None:
        if (rows, labels) == (self.rows, self.labels):
            return
        self.beginResetModel()
        self.rows, self.labels = rows, labels
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.rows[index.row()]
        return f"{row.item}   ✓ {self.labels[row.standing]}"


class OnlyRightView(QWidget):
    """Count, filter, list.

    Signals:
        item_chosen(str): The id of the item that was clicked or confirmed.
    """

    item_chosen = Signal(str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Comparison | None = None
        self.count = PlainLabel(self)
        set_role(self.count, "section")
        self.count.setWordWrap(True)
        self.which = QComboBox(self)
        self.which.setObjectName("only-right-of")
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.more = MoreButton(services, "only-one-right", self._csv, parent=self)
        self._items = _Items(self)
        self.list = QListView(self)
        self.list.setObjectName("only-right-items")
        self.list.setModel(self._items)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.count, 1)
        head.addWidget(self.which)
        head.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.list)
        self.which.currentIndexChanged.connect(self._fill)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self._retranslate()

    def set_comparison(self, found: Comparison) -> None:
        """Show the items of these figures."""
        self._found = found
        self._fill_which()
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.which.setAccessibleName(self.tr("Which column alone is right"))
        self.list.setAccessibleName(self.tr("Items that exactly one column got right"))
        self.list.setToolTip(self.tr("Click an item to see its answers"))
        self._fill_which()
        self._fill()

    def _fill_which(self) -> None:
        """One entry per column that is alone somewhere, with how often."""
        if self._found is None:
            return
        chosen = self.which.currentData()
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItem(self.tr("any of them"), -1)
        for place, one in enumerate(self._found.standings):
            alone = sum(item.standing == place for item in self._found.exactly_one)
            if alone:
                text = self.tr("only {name} ({n})").format(name=one.label, n=alone)
                self.which.addItem(text, place)
        self.which.setCurrentIndex(max(0, self.which.findData(chosen)))
        self.which.blockSignals(False)

    def _fill(self) -> None:
        found = self._found
        if found is None:
            return
        which = self.which.currentData()
        rows = tuple(one for one in found.exactly_one if which in (None, -1, one.standing))
        labels = tuple(one.label for one in found.standings)
        self._items.set_rows(rows, labels)
        self.count.setText(
            self.tr("Exactly one is right on {n:,} items").format(n=len(found.exactly_one))
        )
        for widget in (self.list, self.which, self.more):
            widget.setVisible(bool(found.exactly_one))
        line = self.list.sizeHintForRow(0) if rows else 0
        self.list.setFixedHeight(line * min(len(rows), LINES) + 2)

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            self.item_chosen.emit(self._items.rows[index.row()].item)

    def _csv(self) -> str:
        return only_right_csv(self._found) if self._found is not None else ""
