"""One vector of the text and the position that it is turned to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

from workbench.widgets.fixed_font import FONT_CHANGES, use_fixed_font
from workbench.widgets.plain import PlainLabel

VALUE_CHARS = 7
TOKEN_CHARS = 16


class TokenBox(QSpinBox):
    """A token of the text by number, shown with its text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens: tuple[str, ...] = ()
        use_fixed_font(self)
        self._fit()

    def set_tokens(self, tokens: tuple[str, ...]) -> None:
        """The tokens to choose from."""
        self._tokens = tokens
        self.setRange(0, max(0, len(tokens) - 1))
        self.setValue(self.value())
        self.lineEdit().setText(self.textFromValue(self.value()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in FONT_CHANGES:
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * TOKEN_CHARS + 32)

    def textFromValue(self, value: int) -> str:
        token = self._tokens[value] if value < len(self._tokens) else ""
        return f"{value} {token}"

    def valueFromText(self, text: str) -> int:
        digits = text.split(" ", 1)[0]
        return int(digits) if digits.isdigit() else self.value()

    def validate(self, text: str, place: int) -> object:
        from PySide6.QtGui import QValidator

        return QValidator.State.Acceptable, text, place


class PositionBar(QWidget):
    """Name, token, slider of positions, position.

    Signals:
        moved(int): Another position.
        chosen(int): Another token; the position is its own.
        held(): The person took the slider.
    """

    moved = Signal(int)
    chosen = Signal(int)
    held = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = PlainLabel(self)
        self.token = TokenBox(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setPageStep(8)
        self.number = PlainLabel(self)
        use_fixed_font(self.number)
        self.number.setMinimumWidth(self.number.fontMetrics().averageCharWidth() * VALUE_CHARS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.token)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderPressed.connect(self.held)
        self.token.valueChanged.connect(self._chosen)

    def set_names(self, name: str, token: str, position: str) -> None:
        """What the vector is, and names of the fields for those who do not see them."""
        self.name.setText(name)
        self.name.setBuddy(self.token)
        self.token.setAccessibleName(token)
        self.slider.setAccessibleName(position)
        self.slider.setToolTip(position)

    def set_tokens(self, tokens: tuple[str, ...], most: int) -> None:
        """Tokens of the text, and the last position that can be chosen. Tells nobody."""
        for field in (self.token, self.slider):
            field.blockSignals(True)
        self.token.set_tokens(tokens)
        self.slider.setRange(0, max(0, most))
        for field in (self.token, self.slider):
            field.blockSignals(False)
        self._write()

    def value(self) -> int:
        """The position."""
        return self.slider.value()

    def put(self, position: int, token: int | None = None) -> None:
        """Go to a position, and to a token if one is given, without a signal."""
        for field in (self.token, self.slider):
            field.blockSignals(True)
        if token is not None:
            self.token.setValue(token)
        self.slider.setValue(position)
        for field in (self.token, self.slider):
            field.blockSignals(False)
        self._write()

    def _moved(self, position: int) -> None:
        self._write()
        self.moved.emit(position)

    def _chosen(self, number: int) -> None:
        self.put(number)
        self.chosen.emit(number)

    def _write(self) -> None:
        self.number.setText(str(self.slider.value()))
