"""A share as a slider and a figure in per cent."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

STEPS = 100


class ShareSlider(QWidget):
    """Args:
        name: Object name; the figure's ends in ``-figure``.
        highest: Largest share.

    Signals:
        moved(): The person chose another share.
    """

    moved = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, highest: float = 0.9) -> None:
        super().__init__(parent)
        self._setting = False
        self._highest = highest
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName(name)
        self.slider.setRange(0, round(highest * STEPS))
        self.slider.setPageStep(10)
        self.slider.setMinimumHeight(self.fontMetrics().height() + 8)
        self.slider.setMinimumWidth(self.fontMetrics().averageCharWidth() * 14)
        self.figure = QDoubleSpinBox(self)
        self.figure.setObjectName(f"{name}-figure")
        self.figure.setRange(0, 100)  # more than there is can be typed, and becomes the most
        self.figure.setDecimals(0)
        self.figure.setSuffix(" %")
        self.figure.setKeyboardTracking(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.figure)
        self.slider.valueChanged.connect(self._slid)
        self.figure.valueChanged.connect(self._typed)

    def set_name(self, name: str) -> None:
        """For screen readers."""
        self.slider.setAccessibleName(name)
        self.figure.setAccessibleName(name)

    def value(self) -> float:
        """The share, 0…1."""
        return self.slider.value() / STEPS

    def set_value(self, share: float) -> None:
        """Show a share without telling."""
        self._setting = True
        self.slider.setValue(round(share * STEPS))
        self.figure.setValue(100 * share)
        self._setting = False

    def _slid(self, value: int) -> None:
        if not self._setting:
            self.set_value(value / STEPS)
            self.moved.emit()

    def _typed(self, value: float) -> None:
        if not self._setting:
            self.set_value(min(value / 100, self._highest))
            self.moved.emit()
