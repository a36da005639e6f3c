"""Activations: what bends a number, its derivative, and what a gate makes of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from engine.inspection.anatomy.activations.registry import ACTIVATIONS, GATED_UNITS
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, LineStyle, Marker, Series
from workbench.services.container import Services
from workbench.viewmodels.anatomy import AnatomyModel
from workbench.viewmodels.anatomy_activations import REACH, Curve, curves
from workbench.views.anatomy.slider_row import SliderRow
from workbench.views.plot_card import chart_card
from workbench.widgets.chips import Chip
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

STYLES: tuple[LineStyle, ...] = ("line", "dashed", "dotted")


class ActivationsView(QWidget):
    """Choices above, value and derivative side by side, figures at one x below."""

    def __init__(
        self, services: Services, model: AnatomyModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.plain_label, self.gated_label = PlainLabel(self), PlainLabel(self)
        self.chips: dict[str, Chip] = {}
        for name in (*ACTIVATIONS, *GATED_UNITS):
            chip = Chip(self, compact=True)
            chip.setText(ACTIVATIONS[name].name if name in ACTIVATIONS else GATED_UNITS[name].name)
            chip.setAccessibleName(chip.text())
            chip.clicked.connect(self._chips_changed)
            self.chips[name] = chip
        self.beta = SliderRow(0.0, 10.0, 0.1, 1, self)
        self.up = SliderRow(-3.0, 3.0, 0.1, 1, self)
        self.at = SliderRow(-REACH, REACH, 0.1, 1, self)
        self.value = LineChart(services.theme, parent=self)
        self.slope = LineChart(services.theme, parent=self)
        self.value_card = chart_card(services, "activations", self.value, self._command, self)
        self.slope_card = chart_card(
            services, "activation-derivatives", self.slope, self._command, self
        )
        self.table = FigureTable(self)
        self._build()
        self.beta.moved.connect(self._beta_moved)
        self.up.moved.connect(self._up_moved)
        self.at.moved.connect(self._at_moved)
        model.activations_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.plain_label.setText(self.tr("Bends a number"))
        self.gated_label.setText(self.tr("Opens a gate"))
        self.beta.set_name(self.tr("β of Swish"))
        self.up.set_name(self.tr("Let through"))
        self.up.setToolTip(self.tr("The second projection xV + c, here the same for every x"))
        self.at.set_name(self.tr("Read at x ="))
        self.value_card.set_texts(self.tr("Value"))
        self.slope_card.set_texts(self.tr("Derivative"))
        self.table.setAccessibleName(self.tr("Values and derivatives at one x"))
        self.refresh()

    def refresh(self) -> None:
        """Draw the chosen curves."""
        choice = self._model.activations
        found = curves(choice)
        for name, chip in self.chips.items():
            chip.setChecked(name in choice.shown)
        self.beta.set_value(choice.beta)
        self.up.set_value(choice.up)
        self.at.set_value(choice.at)
        self.beta.setEnabled(bool({"swish", "swiglu"} & set(choice.shown)))
        self.up.setEnabled(any(curve.gated for curve in found))
        markers = (Marker(choice.at, f"x = {choice.at:.1f}".replace("-", "−")),)
        x = Axis("x", low=-REACH, high=REACH)
        self.value.set_data(x, Axis(self.tr("value")), _series(found, slope=False), markers)
        self.slope.set_data(x, Axis(self.tr("derivative")), _series(found, slope=True), markers)
        columns = (
            FigureColumn(self.tr("Function")),
            FigureColumn(self.tr("Formula")),
            FigureColumn(self.tr("Value"), kind="number"),
            FigureColumn(self.tr("Derivative"), kind="number"),
            FigureColumn(self.tr("Source")),
        )
        self.table.set_content(columns, tuple(_row(curve) for curve in found))

    # What the person does

    def _chips_changed(self) -> None:
        shown = tuple(name for name, chip in self.chips.items() if chip.isChecked())
        self._model.set_activations(replace(self._model.activations, shown=shown))

    def _beta_moved(self, value: float) -> None:
        self._model.set_activations(replace(self._model.activations, beta=round(value, 1)))

    def _up_moved(self, value: float) -> None:
        self._model.set_activations(replace(self._model.activations, up=round(value, 1)))

    def _at_moved(self, value: float) -> None:
        self._model.set_activations(replace(self._model.activations, at=round(value, 1)))

    def _command(self) -> str:
        choice = self._model.activations
        names = ",".join(choice.shown)
        return (
            f"lathe inspect anatomy activations --names {names} --beta {choice.beta:g} "
            f"--up {choice.up:g} --out activations.csv"
        )

    def _build(self) -> None:
        for label in (self.plain_label, self.gated_label):
            set_role(label, "muted")
        chips = FlowBar(self)
        flow = FlowLayout(chips)
        for name, chip in self.chips.items():
            if name == next(iter(ACTIVATIONS)):
                flow.addWidget(self.plain_label)
            if name == next(iter(GATED_UNITS)):
                flow.addWidget(self.gated_label)
            flow.addWidget(chip)
        sliders = QHBoxLayout()
        sliders.setSpacing(20)
        for slider in (self.beta, self.up, self.at):
            sliders.addWidget(slider, 1)
        plots = QGridLayout()
        plots.setSpacing(12)
        plots.addWidget(self.value_card, 0, 0)
        plots.addWidget(self.slope_card, 0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(chips)
        column.addLayout(sliders)
        column.addLayout(plots, 1)
        column.addWidget(self.table)


def _series(found: tuple[Curve, ...], *, slope: bool) -> tuple[Series, ...]:
    """Lines that differ by more than colour."""
    return tuple(
        Series(curve.name, curve.x, curve.slope if slope else curve.y, STYLES[number % 3])
        for number, curve in enumerate(found)
    )


def _row(curve: Curve) -> FigureRow:
    return FigureRow(
        (
            curve.name,
            curve.formula,
            Bar(_figure(curve.at_y), curve.at_y, curve.at_y, curve.at_y),
            Bar(_figure(curve.at_slope), curve.at_slope, curve.at_slope, curve.at_slope),
            curve.source,
        ),
        tip=curve.source,
    )


def _figure(value: float) -> str:
    return f"{value:.6f}".replace("-", "−")
