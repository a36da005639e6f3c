"""Chips of which exactly one is on: the parts of a page, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from workbench.widgets.chips import Chip
from workbench.widgets.flow_layout import FlowBar, FlowLayout

GAP = 4


class ChipBar(FlowBar):
    """One line of them, or more where the window is too narrow for one.

    Args:
        keys: Stable names of the parts, in order.
        compact: Less room beside the texts.

    Signals:
        chosen(str): The person went to a part, by its key.
    """

    chosen = Signal(str)

    def __init__(
        self, keys: Sequence[str], parent: QWidget | None = None, compact: bool = False
    ) -> None:
        super().__init__(parent)
        self.chips = {key: Chip(self, compact=compact) for key in keys}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        row = FlowLayout(self, GAP)
        for chip in self.chips.values():
            self._group.addButton(chip)
            row.addWidget(chip)
        self._group.buttonClicked.connect(self._clicked)

    def set_names(self, names: Mapping[str, str]) -> None:
        """Set the texts (again, after a language change)."""
        for key, chip in self.chips.items():
            chip.setText(names[key])
            chip.setAccessibleName(names[key])
            chip.updateGeometry()

    def choose(self, key: str) -> None:
        """Show this one as chosen, without telling."""
        self.chips[key].setChecked(True)

    def offer(self, keys: Sequence[str]) -> None:
        """Show these alone; none when there is nothing to choose between."""
        for key, chip in self.chips.items():
            chip.setVisible(key in keys and len(keys) > 1)

    def sizeHint(self) -> QSize:
        """Wide enough for one line."""
        shown = [chip.sizeHint() for chip in self.chips.values() if not chip.isHidden()]
        width = sum(size.width() for size in shown) + GAP * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def _clicked(self, chip: Chip) -> None:
        self.chosen.emit(next(key for key, known in self.chips.items() if known is chip))
