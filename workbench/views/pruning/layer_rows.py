"""Layers as rows: a handle each, what it would lose, what it lost, what its parts are worth."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QSlider,
    QToolButton,
    QWidget,
)

from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.viewmodels.pruning_cells import CellsModel
from workbench.viewmodels.pruning_live import LayerRow, LiveModel
from workbench.viewmodels.pruning_setup import HIGHEST
from workbench.views.pruning.words import percent
from workbench.views.pruning.worth_strip import Worth, WorthStrip
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import signed

STEPS = 1000
COLUMNS = 8
FEW = 6
FEW_LINES = 2.4
LEAST_LINES = 18


class Row(QWidget):
    """The widgets of one layer; they live in the grid, this object only keeps them together.

    Signals:
        moved(float): The person set the layer's ratio.
        pressed(): A drag begins.
    """

    moved = Signal(float)
    pressed = Signal()

    def __init__(self, layer: int, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.layer = layer
        self._setting = False
        self.name = PlainLabel(f"L{layer}", parent)
        use_fixed_font(self.name)
        self.slider = QSlider(Qt.Orientation.Horizontal, parent)
        self.slider.setObjectName(f"layer-{layer}-ratio")
        self.slider.setRange(0, round(HIGHEST * STEPS))
        self.slider.setSingleStep(10)
        self.slider.setPageStep(50)
        self.slider.setMinimumHeight(parent.fontMetrics().height() + 8)
        self.figure = QDoubleSpinBox(parent)
        self.figure.setObjectName(f"layer-{layer}-figure")
        self.figure.setRange(0, 100)  # more than there is can be typed, and becomes the most
        self.figure.setDecimals(1)
        self.figure.setSuffix(" %")
        self.figure.setKeyboardTracking(False)
        self.figure.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.free = QToolButton(parent)
        self.free.setObjectName(f"layer-{layer}-free")
        services.icons.bind(self.free, "pin")
        self.predicted = PlainLabel(parent)
        self.measured = PlainLabel(parent)
        for label in (self.predicted, self.measured):
            use_fixed_font(label)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.heads = WorthStrip(parent)
        self.neurons = WorthStrip(parent)
        self.slider.sliderPressed.connect(self.pressed)
        self.slider.valueChanged.connect(self._slid)
        self.figure.valueChanged.connect(self._typed)

    def parts(self) -> tuple[QWidget, ...]:
        """In the order of the columns."""
        return (
            self.name, self.slider, self.figure, self.free, self.predicted, self.measured,
            self.heads, self.neurons,
        )  # fmt: skip

    def show_row(self, row: LayerRow) -> None:
        """Move the handles without telling anybody."""
        self._setting = True
        if not self.slider.isSliderDown():
            self.slider.setValue(round(row.ratio * STEPS))
        self.figure.setValue(100 * row.ratio)
        self._setting = False
        self.predicted.setText(percent(row.predicted, 2))
        self.free.setEnabled(row.fixed)
        keep = self.free.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.free.setSizePolicy(keep)
        self.free.setVisible(row.fixed)

    def _slid(self, value: int) -> None:
        if self._setting:
            return
        if not self.slider.isSliderDown():
            self.pressed.emit()
        self.moved.emit(value / STEPS)

    def _typed(self, value: float) -> None:
        if not self._setting:
            share = min(value / 100, HIGHEST)
            self._setting = True
            self.figure.setValue(100 * share)
            self._setting = False
            self.pressed.emit()
            self.moved.emit(share)


class LayerRows(QScrollArea):
    """All layers; rows are made once per model."""

    def __init__(
        self, live: LiveModel, cells: CellsModel, services: Services, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._cells = cells
        self._services = services
        self._rows: dict[int, Row] = {}
        self._worths: dict[int, tuple[Worth, Worth]] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget(self)
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 5)
        self._grid.setColumnStretch(6, 4)
        self._grid.setColumnStretch(7, 4)
        self.heads = [PlainLabel(self._inside) for _ in range(COLUMNS)]
        for place, head in enumerate(self.heads):
            set_role(head, "small")
            right = place in (4, 5)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            head.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(head, 0, place)
        self.setWidget(self._inside)
        live.changed.connect(self.refresh)
        live.wish_changed.connect(self.refresh)
        cells.changed.connect(self.refresh)
        self.retranslate()

    def row(self, layer: int) -> Row:
        """The widgets of a layer."""
        return self._rows[layer]

    def columns(self) -> tuple[Column, ...]:
        """The layers for a CSV file."""
        rows = self._live.rows()
        known = [self._cells.losses.get((row.layer, round(row.ratio, 4))) for row in rows]
        return (
            ("layer", [float(row.layer) for row in rows]),
            ("weights", [float(row.weights) for row in rows]),
            ("ratio", [row.ratio for row in rows]),
            ("set by hand", [float(row.fixed) for row in rows]),
            ("predicted relative squared error", [row.predicted for row in rows]),
            ("measured rise of the loss", [one.rise if one else float("nan") for one in known]),
        )

    def layers(self) -> tuple[int, ...]:
        """The layers that are shown."""
        return tuple(self._rows)

    def set_worths(self, worths: dict[int, tuple[Worth, Worth]]) -> None:
        """What the heads and the neurons of each layer are worth."""
        self._worths = worths
        self.refresh()

    def retranslate(self) -> None:
        """Set every text again."""
        texts = (
            (self.tr("Layer"), ""),
            (self.tr("Zero"), self.tr("Drag or type: the other layers make up for it")),
            ("", ""),
            ("", ""),
            (
                self.tr("Predicted"),
                self.tr(
                    "Predicted relative error of the layer's matrices, from one sort of the "
                    "scores: Σ pruned (W·‖X‖)² / Σ (W·‖X‖)²"
                ),
            ),
            (
                self.tr("Measured"),
                self.tr("How much the loss rises when this layer alone is cut, nats per token"),
            ),
            (self.tr("Heads"), self.tr("Worth of each head; cut ones are hatched")),
            (self.tr("Neurons"), self.tr("Worth of the MLP neurons, sorted; cut ones are hatched")),
        )
        for label, (text, tip) in zip(self.heads, texts, strict=True):
            label.setText(text)
            label.setToolTip(tip)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Show the layers as they are."""
        rows = self._live.rows()
        if {row.layer for row in rows} != set(self._rows):
            self._remake(rows)
        for row in rows:
            shown = self._rows[row.layer]
            shown.show_row(row)
            known = self._cells.losses.get((row.layer, round(row.ratio, 4)))
            shown.measured.setText("–" if known is None else signed(known.rise, 3))
            text = self.tr("nats per token, {n} windows, this layer alone cut")
            shown.measured.setToolTip("" if known is None else text.format(n=known.windows))
            shown.free.setToolTip(self.tr("Let the rule decide about this layer again"))
            shown.free.setAccessibleName(
                self.tr("Let the rule decide about layer {n}").format(n=row.layer)
            )
            name = self.tr("Share of zeros in layer {n}").format(n=row.layer)
            shown.slider.setAccessibleName(name)
            shown.figure.setAccessibleName(name)
            heads, neurons = self._worths.get(row.layer, (None, None))
            shown.heads.set_worth(heads)
            shown.neurons.set_worth(neurons)
            missing = self.tr("Cut and measure, under Parts, finds out what heads are worth")
            for strip, worth in ((shown.heads, heads), (shown.neurons, neurons)):
                strip.setToolTip(missing if worth is None else "")

    def _remake(self, rows: tuple[LayerRow, ...]) -> None:
        for old in self._rows.values():
            for part in (*old.parts(), old):
                self._grid.removeWidget(part)
                part.hide()
                part.deleteLater()
        self._rows = {}
        for place, row in enumerate(rows, start=1):
            made = Row(row.layer, self._services, self._inside)
            made.moved.connect(partial(self._moved, row.layer))
            made.pressed.connect(self._live.begin_gesture)
            made.free.clicked.connect(partial(self._freed, row.layer))
            for column, part in enumerate(made.parts()):
                self._grid.addWidget(part, place, column)
                part.show()
            self._rows[row.layer] = made
            for strip in (made.heads, made.neurons):
                strip.set_lines(FEW_LINES if len(rows) <= FEW else 1.0)
        self._grid.setRowStretch(len(rows) + 1, 1)
        self._fit()

    def _fit(self) -> None:
        """No higher than its rows, so that what is below stands close."""
        self._inside.adjustSize()
        self.setMaximumHeight(self._inside.sizeHint().height() + 4)
        self.setMinimumHeight(min(self._inside.sizeHint().height() + 4, self._least()))

    def _least(self) -> int:
        return self.fontMetrics().lineSpacing() * LEAST_LINES

    def _moved(self, layer: int, ratio: float) -> None:
        self._live.fix(layer, ratio, self.tr("Set layer {n}").format(n=layer))

    def _freed(self, layer: int) -> None:
        self._live.free(layer, self.tr("Free layer {n}").format(n=layer))
