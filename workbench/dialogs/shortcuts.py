"""Every shortcut in one searchable list, from the registered commands."""

from __future__ import annotations

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from workbench.dialogs.base import Dialog
from workbench.services.container import Services


class ShortcutsDialog(Dialog):
    """Command and keys; typing filters by either."""

    def __init__(self, services: Services, parent: QWidget | None) -> None:
        super().__init__(services, "", parent)
        self.setObjectName("shortcuts")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search commands or keys"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        model = QStandardItemModel(0, 2, self)
        model.setHorizontalHeaderLabels([self.tr("Command"), self.tr("Keys")])
        native = QKeySequence.SequenceFormat.NativeText
        for command in services.actions.commands():
            keys = services.actions.action(command.id).shortcut().toString(native)
            if keys:
                row = [QStandardItem(command.text()), QStandardItem(keys)]
                for item in row:
                    item.setEditable(False)
                model.appendRow(row)
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(model)
        self.shown.setFilterKeyColumn(-1)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.table = QTableView(self)
        self.table.setModel(self.shown)
        self.table.setAccessibleName(self.tr("Shortcuts"))
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(
            1, QHeaderView.ResizeMode.ResizeToContents
        )
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(self.search)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(buttons)
        self.search.textChanged.connect(self.shown.setFilterFixedString)
        self.wide(70, 28)
