"""Small tables of words and numbers made of labels: a handful of rows, never a long list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from workbench.services.tips import tip
from workbench.views.runs.wrapped import WrappedLabel
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

MOST_ROWS: Final = 60


class Facts(QWidget):
    """Names at the left, values at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str]] = []
        self._grid = _grid(self)
        self._grid.setColumnStretch(1, 1)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show these."""
        if list(rows) == self._rows:
            return
        self._rows = list(rows)
        _clear(self._grid)
        for at, (name, value) in enumerate(self._rows[:MOST_ROWS]):
            label = PlainLabel(name, self)
            set_role(label, "muted")
            self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(_value(value, self), at, 1)

    def rows(self) -> list[tuple[str, str]]:
        """What is shown."""
        return self._rows


class Figures(QWidget):
    """A head, and rows whose first cell is a name and whose others are numbers, or words too."""

    def __init__(self, parent: QWidget | None = None, words: bool = False) -> None:
        super().__init__(parent)
        self._words = words
        self._shown: tuple[list[str], list[list[str]]] = ([], [])
        self._grid = _grid(self)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        for column in (1, 2) if words else ():
            self._grid.setColumnStretch(column, 1)

    def set_table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these; every row is as long as the head."""
        shown = (list(head), [list(row) for row in rows])
        if shown == self._shown:
            return
        self._shown = shown
        _clear(self._grid)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        right = left if self._words else Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        for column, text in enumerate(head):
            label = PlainLabel(text, self)
            set_role(label, "small")
            self._grid.addWidget(label, 0, column, right if column else left)
        line = QFrame(self)
        line.setProperty("role", "line")
        self._grid.addWidget(line, 1, 0, 1, max(1, len(head)))
        for at, row in enumerate(shown[1][:MOST_ROWS], start=2):
            for column, text in enumerate(row):
                if column and not self._words:
                    self._grid.addWidget(PlainLabel(text, self), at, column, right)
                else:
                    self._grid.addWidget(_value(text, self), at, column)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """What is shown."""
        return self._shown


def _grid(parent: QWidget) -> QGridLayout:
    grid = QGridLayout(parent)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    return grid


def _value(text: str, parent: QWidget) -> WrappedLabel:
    label = WrappedLabel(text, parent)
    label.setToolTip(tip(text))
    return label


def _clear(grid: QGridLayout) -> None:
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
