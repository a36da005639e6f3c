"""A model's layers as a Qt table model."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from engine.models.spec import LayerRow

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
COLUMNS = 6
NUMBERS = (0, 4, 5)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class LayersTable(QAbstractTableModel):
    """One row per layer: attention, MLP and norm classes, window, parameters."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[LayerRow, ...] = ()

    def set_rows(self, rows: tuple[LayerRow, ...]) -> None:
        """Show these layers."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def retranslate(self) -> None:
        """Set the headings again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COLUMNS - 1)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else COLUMNS

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section in NUMBERS else LEFT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("LayersTable", "Layer"),
            translate("LayersTable", "Attention"),
            translate("LayersTable", "MLP"),
            translate("LayersTable", "Norm"),
            translate("LayersTable", "Window"),
            translate("LayersTable", "Parameters"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in NUMBERS:
            return RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self._rows[index.row()]
        window = QLocale().toString(row.window) if row.window else "–"
        parameters = QLocale().toString(row.parameters)
        texts = (str(row.index), row.attention, row.mlp, row.norm, window, parameters)
        return texts[index.column()]
