"""Numbers: the counter of three digits that must count to 2000, beside the model's own wheels."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from engine.context.scaling.base import RopeConfig, plain
from engine.context.scaling.registry import inv_freq
from engine.inspection.positions.odometer import MOVES, Move, Reading, Wheel, reading
from engine.inspection.positions.rope import config_of
from engine.inspection.positions.wheels import RotaryWheels, rotary_wheels
from workbench.plots.curves import LineChart
from workbench.plots.odometer import Odometer
from workbench.plots.series import Axis, Marker, Series, short
from workbench.services.container import Services
from workbench.services.motion import may_move
from workbench.viewmodels.position import PositionModel
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.widgets.chips import Chip
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

DIGITS: Final = 3
TRAINED: Final = 1000
LIMIT: Final = 2000
START: Final = 1749
PRESET_OF: Final[dict[Move, str]] = {
    "extrapolate": "direct",
    "interpolate": "linear",
    "radix": "ntk",
}
BASE, DIM = 10_000.0, 64


class NumbersView(QWidget):
    """The odometer at the left, the same three moves on real frequencies at the right."""

    def __init__(
        self, services: Services, model: PositionModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._model = model
        self._move: Move = "extrapolate"
        self._system_moves = True
        self._reading: Reading | None = None
        self.moves = {move: Chip(self) for move in MOVES}
        self.number = QSlider(Qt.Orientation.Horizontal, self)
        self.number_label = PlainLabel(self)
        self.number_text = PlainLabel(self)
        self.odometer = Odometer(services.theme, self._words, self)
        self.sentence = PlainLabel(self)
        self.neighbours = PlainLabel(self)
        self.all_title = PlainLabel(self)
        self.all_three = PlainLabel(self)
        self.spacing = LineChart(services.theme, parent=self)
        self.turns = LineChart(services.theme, parent=self)
        self._build()
        self._connect()
        self.retranslate()

    # What the page tells

    def set_system_moves(self, moves: bool) -> None:
        """Whether the system allows motion."""
        self._system_moves = moves

    def refresh(self) -> None:
        """Another model."""
        self._show_model()

    def reading(self) -> Reading | None:
        """What the wheels show."""
        return self._reading

    # What the person does

    def _chip_clicked(self, chip: Chip) -> None:
        self._move = next(move for move, known in self.moves.items() if known is chip)
        self._show(rolling=True)

    def _number_moved(self, _number: int) -> None:
        self._show(rolling=False)

    # Pictures

    def _show(self, rolling: bool) -> None:
        number = self.number.value()
        found = reading(number, self._move, limit=LIMIT, digits=DIGITS)
        self._reading = found
        moves = may_move(self._services.settings, self._system_moves)
        self.odometer.set_wheels(found.wheels, rolling and moves)
        self.number_text.setText(str(number))
        self._write_sentence(found)
        self._show_model()

    def _write_sentence(self, found: Reading) -> None:
        sentences: dict[Move, str] = {
            "extrapolate": self.tr(
                "A fourth wheel is added. It always stood at 0 in training: from {n} on, the "
                "model sees a state it never met."
            ).format(n=TRAINED),
            "interpolate": self.tr(
                "All numbers are divided by {k}: {number} becomes {shown}. Every wheel stays in "
                "its known range, but neighbours are only {step} apart on the last wheel."
            ).format(
                k=short(LIMIT / TRAINED), number=found.number, shown=f"{found.shown:g}",
                step=short(found.spacing),
            ),
            "radix": self.tr(
                "Each wheel gets more digits: radix {old} · {k}^(1/{digits}) = {exact}, so {radix} "
                "states reach {range}. Neighbours stay 1 apart on the last wheel; no wheel is new."
            ).format(
                old=10, k=short(LIMIT / TRAINED), digits=DIGITS, exact=f"{found.exact_radix:.2f}",
                radix=found.radix, range=found.range - 1,
            ),
        }  # fmt: skip
        self.sentence.setText(sentences[self._move])
        names = self._names()
        lines = []
        for move in MOVES:
            one = reading(found.number, move, limit=LIMIT, digits=DIGITS)
            lines.append(f"{_digits(one):<16}{names[move]}")
        self.all_three.setText("\n".join(lines))
        number = found.number
        other = number - 1 if number == LIMIT - 1 else number + 1
        there = reading(other, self._move, limit=LIMIT, digits=DIGITS)
        line = self.tr("{a} → {first}    {b} → {second}")
        self.neighbours.setText(
            line.format(a=number, first=_digits(found), b=other, second=_digits(there))
        )

    def _show_model(self) -> None:
        config, own = self._config()
        factor = LIMIT / TRAINED
        position = config.trained * factor * self.number.value() / LIMIT
        pairs = np.arange(config.pairs, dtype=np.float64)
        names = self._names()
        spacing, turns = [], []
        for number, move in enumerate(MOVES):
            wheels = self._wheels(config, move, factor, position)
            chosen = move == self._move
            role, width = f"series-{number + 1}", 3.0 if chosen else 1.2
            style = ("line", "dashed", "dotted")[number]
            spacing.append(
                Series(names[move], pairs, wheels.spacing, style, role, width=width)  # type: ignore[arg-type]
            )
            if chosen:
                turns = self._turn_series(pairs, wheels, names[move], role)
        pair_axis = Axis(self.tr("pair of dimensions, fastest first"), whole=True)
        self.spacing.set_data(
            pair_axis, Axis(self.tr("step (1 = trained)"), low=0.0),
            tuple(spacing),
        )  # fmt: skip
        self.turns.set_data(
            pair_axis, Axis(self.tr("turns"), log=True), tuple(turns),
            (Marker(1.0, self.tr("one whole turn"), horizontal=True),),
        )  # fmt: skip
        wheels = self._wheels(config, self._move, factor, position)
        of = self._model.ref.id if own else self.tr("a rotation of base 10000 and 64 dimensions")
        self.spacing_card.set_texts(
            self.tr("The same move on real frequencies"),
            self.tr("{model}, stretched to {k} × {n} positions").format(
                model=of, k=short(factor), n=config.trained
            ),
        )
        note = self.tr(
            "Position {m}: {n} of {all} pairs point where training never did (beyond their arc)"
        )
        self.turns_card.set_texts(
            self.tr("How far each wheel has turned"),
            note.format(m=round(position), n=int(wheels.unseen.sum()), all=config.pairs),
        )

    def _turn_series(
        self, pairs: np.ndarray, wheels: RotaryWheels, name: str, role: str
    ) -> list[Series]:
        found = [
            Series(
                self.tr("last trained position"), pairs, wheels.trained_turns, "dashed", "series-6"
            ),
            Series(name, pairs, wheels.turns, "line", role),
        ]
        if wheels.unseen.any():
            new = wheels.unseen
            found.append(
                Series(self.tr("never seen"), pairs[new], wheels.turns[new], "points", "warning")
            )
        return found

    def _config(self) -> tuple[RopeConfig, bool]:
        """The model's own frequencies, or the textbook's when it does not rotate."""
        layer = self._model.captured()
        if layer is not None and layer.rotation is not None:
            return config_of(layer, self._model.trained), True
        return plain(BASE, DIM, TRAINED), False

    def _wheels(
        self, config: RopeConfig, move: Move, factor: float, position: float
    ) -> RotaryWheels:
        frequencies, _ = inv_freq(PRESET_OF[move], config, factor)
        return rotary_wheels(config, frequencies, position)

    # Texts

    def retranslate(self) -> None:
        """Set every text again."""
        names = self._names()
        for move, chip in self.moves.items():
            chip.setText(names[move])
            chip.setAccessibleName(names[move])
            chip.updateGeometry()
        self.all_title.setText(self.tr("The same number after each move"))
        self.number_label.setText(self.tr("Number"))
        self.number.setAccessibleName(self.tr("Number on the counter"))
        self.odometer_card.set_texts(
            self.tr("A counter of three digits"),
            self.tr("Trained on 0 to 999; now it must count to 1999."),
        )
        self.odometer.retranslate()
        self._show(rolling=False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _names(self) -> dict[Move, str]:
        return {
            "extrapolate": self.tr("Extrapolate"),
            "interpolate": self.tr("Interpolate"),
            "radix": self.tr("Change the radix"),
        }

    def _words(self, wheel: Wheel) -> tuple[str, str]:
        states = self.tr("0 to {n}").format(n=f"{wheel.radix - 1:g}")
        if not wheel.unseen:
            return states, self.tr("known")
        if wheel.value != int(wheel.value):
            return states, self.tr("between two")
        return states, self.tr("never seen")

    # Building

    def _build(self) -> None:
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for chip in self.moves.values():
            self._group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.moves[self._move].setChecked(True)
        self.number.setRange(0, LIMIT - 1)
        self.number.setPageStep(50)
        self.number.setValue(START)
        self.number_label.setBuddy(self.number)
        use_fixed_font(self.number_text)
        use_fixed_font(self.neighbours)
        self.number_text.setMinimumWidth(self.number_text.fontMetrics().averageCharWidth() * 5)
        use_fixed_font(self.all_three)
        for label in (self.neighbours, self.all_three):
            set_role(label, "mono")
        set_role(self.all_title, "section")
        for label in (self.sentence, self.neighbours):
            label.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.number_label)
        row.addWidget(self.number, 1)
        row.addWidget(self.number_text)
        exports = plot_exports(self._services, self.odometer, self.odometer.columns)
        self.odometer_card = PlotCard(self._services, "odometer", self.odometer, exports, self)
        self.spacing_card = chart_card(self._services, "rope-spacing", self.spacing, parent=self)
        self.turns_card = chart_card(self._services, "rope-turns", self.turns, parent=self)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.odometer_card)
        left.addLayout(row)
        left.addWidget(self.neighbours)
        left.addWidget(self.sentence)
        left.addSpacing(8)
        left.addWidget(self.all_title)
        left.addWidget(self.all_three)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.spacing_card, 1)
        right.addWidget(self.turns_card, 1)
        parts = QHBoxLayout()
        parts.setSpacing(20)
        parts.addLayout(left, 1)
        parts.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(chips)
        column.addLayout(parts, 1)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._chip_clicked)
        self.number.valueChanged.connect(self._number_moved)


def _digits(found: Reading) -> str:
    """The wheels as a list, as the lecture writes them: ``[8, 7, 4.5]``."""
    return "[" + ", ".join(f"{wheel.value:g}" for wheel in found.wheels) + "]"
