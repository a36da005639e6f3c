"""A named slider with its value in figures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from workbench.widgets.plain import PlainLabel


class SliderRow(QWidget):
    """Name, slider, value.

    Args:
        low, high: Ends of the range.
        step: Distance of two values.
        digits: After the point.

    Signals:
        moved(float): The person chose another value.
    """

    moved = Signal(float)

    def __init__(
        self, low: float, high: float, step: float, digits: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._step, self._digits = low, step, digits
        self.name = PlainLabel(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.figure = PlainLabel(self)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.figure)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._changed)

    def set_name(self, name: str) -> None:
        """The name at the left, also for screen readers."""
        self.name.setText(name)
        self.slider.setAccessibleName(name)
        widest = f"−{self._low + self._step * self.slider.maximum():.{self._digits}f}"
        self.slider.setMinimumHeight(self.fontMetrics().height() + 8)
        self.figure.setMinimumWidth(self.fontMetrics().horizontalAdvance(widest))

    def value(self) -> float:
        """The chosen value."""
        return self._low + self.slider.value() * self._step

    def set_value(self, value: float) -> None:
        """Choose a value without telling anybody."""
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / self._step))
        self.slider.blockSignals(False)
        self._write()

    def _changed(self, _place: int) -> None:
        self._write()
        self.moved.emit(self.value())

    def _write(self) -> None:
        text = f"{self.value():.{self._digits}f}".replace("-", "−")
        self.figure.setText(text)
        self.slider.setAccessibleDescription(text)
