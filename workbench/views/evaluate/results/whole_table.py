"""A table of figures that shows all its rows: the page around it scrolls, it does not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from workbench.widgets.figure_table import FigureColumn, FigureRow, FigureTable


class WholeTable(FigureTable):
    """As high as its rows, and the bar below them when they are too wide.

    Args:
        most: Rows beyond which it scrolls after all; None = never.
    """

    def __init__(self, parent: QWidget | None = None, most: int | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self.setStyleSheet("WholeTable { border: none; background: transparent; }")
        self.horizontalScrollBar().rangeChanged.connect(self._be_whole)
        self.verticalHeader().geometriesChanged.connect(self._be_whole)  # another text size

    def set_content(self, columns: Sequence[FigureColumn], rows: Sequence[FigureRow]) -> None:
        """Show these figures, all of them."""
        super().set_content(columns, rows)
        self._be_whole()

    def _be_whole(self) -> None:
        count = len(self.rows())
        shown = count if self._most is None else min(count, self._most)
        height = self.horizontalHeader().sizeHint().height() + 4
        height += sum(self.rowHeight(row) for row in range(shown))
        if self.horizontalScrollBar().maximum() > 0:
            height += self.horizontalScrollBar().sizeHint().height()
        policy = Qt.ScrollBarPolicy
        scrolls = policy.ScrollBarAsNeeded if shown < count else policy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(scrolls)
        self.setFixedHeight(height)
