"""Stretching: the same attention under other frequencies, and what the model then says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from engine.context.scaling.registry import SCALINGS
from engine.errors import EngineError
from engine.inspection.capture import Capture, LayerCapture
from engine.inspection.positions.counterfactual_spec import CounterfactualSpec
from engine.inspection.positions.distance import DistanceCurve, binned, measured
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import Scale
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, LineStyle, Marker, Series, short
from workbench.plots.small_map import SmallMap, SmallMatrix
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.services.engine_words import tell, tell_report
from workbench.viewmodels.latest import Latest
from workbench.viewmodels.position import PositionModel
from workbench.viewmodels.position_commands import rope_command
from workbench.viewmodels.position_stretch import (
    FACTORS,
    PRESETS,
    PresetWaves,
    Stretched,
    curve_of,
    stretch,
    waves,
)
from workbench.viewmodels.position_swap import SwapModel
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.views.position.next_tokens import NextTokens
from workbench.widgets.chips import Chip
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.plain import PlainLabel

STEPS: Final = 200
MOST_ASKED: Final = 4096
STYLES: Final[tuple[LineStyle, ...]] = ("line", "dashed", "dotted")
DRESS: Final[dict[str, tuple[str, LineStyle]]] = {
    name: (f"series-{2 + place // len(STYLES)}", STYLES[place % len(STYLES)])
    for place, name in enumerate(PRESETS)
}
"""Colour and line of each preset; the first colour is the model's own."""
CHOSEN_WIDTH, OTHER_WIDTH = 3.0, 1.0


@dataclass(frozen=True, eq=False)
class _Curves:
    """Mean scores by distance, the model's own and as turned, and every preset's wavelengths."""

    own: DistanceCurve
    turned: DistanceCurve
    waves: tuple[PresetWaves, ...]


class StretchView(QWidget):
    """Presets and factor above; the map at the left, curves and next tokens at the right."""

    def __init__(
        self,
        services: Services,
        model: PositionModel,
        plot_theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._model = model
        self._preset = "linear"
        self._shown: Stretched | None = None
        self._own: DistanceCurve | None = None
        self._curve: DistanceCurve | None = None
        self._waves: tuple[PresetWaves, ...] = ()
        self._maps: Latest[Stretched] = Latest(services.background)
        self._curves: Latest[_Curves] = Latest(services.background)
        self.swap = SwapModel(services.jobs, self)
        self.presets = {name: Chip(self) for name in PRESETS}
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.factor_label = PlainLabel(self)
        self.factor_text = PlainLabel(self)
        self.map = SmallMap(plot_theme, self)
        self.scale = ColourBar(plot_theme, self)
        self.spectrum = LineChart(services.theme, parent=self)
        self.distance = LineChart(services.theme, parent=self)
        self.next = NextTokens(services, self.swap, "stretched-next-token", self)
        self.ask_model = QPushButton(self)
        self.ask_model.hide()
        self._build()
        self._connect()
        self.retranslate()

    # What the page tells

    def refresh(self) -> None:
        """Another head or another text."""
        layer, capture = self._model.captured(), self._model.capture
        self.swap.forget()
        self._maps.forget()  # answers about another text or head do not fit the tokens any more
        self._curves.forget()
        self.next.set_fills(capture is not None and capture.fills)
        if layer is None or layer.rotation is None:
            self._shown = None
            self.map.set_matrix(None)
            return
        self._ask()

    def factor(self) -> float:
        """The factor on the slider, even on a scale of powers."""
        low, high = FACTORS
        share = self.slider.value() / STEPS
        return round(low * (high / low) ** share, 2)

    def set_factor(self, factor: float) -> None:
        """Put the slider to a factor."""
        low, high = FACTORS
        share = math.log(factor / low) / math.log(high / low)
        self.slider.setValue(round(share * STEPS))

    def preset(self) -> str:
        """The preset that is applied."""
        return self._preset

    def shown(self) -> Stretched | None:
        """What the map shows."""
        return self._shown

    # What the person does

    def _chip_clicked(self, chip: Chip) -> None:
        self._preset = next(name for name, known in self.presets.items() if known is chip)
        self._write_factor()
        self._ask()

    def _factor_moved(self, _value: int) -> None:
        self._write_factor()
        self._ask()

    def _ask(self) -> None:
        layer = self._model.captured()
        if layer is None or layer.rotation is None:
            return
        head, trained = self._model.head, self._model.trained
        factor = self.factor()
        work = partial(stretch, layer, head, trained, self._preset, factor)
        self._maps.ask(work, self._take_map, self._failed)
        capture = self._model.capture
        assert capture is not None
        self.ask_model.setVisible(len(capture.ids) > MOST_ASKED)
        if len(capture.ids) <= MOST_ASKED:
            self.swap.ask(self._question(capture))

    def _ask_clicked(self) -> None:
        capture = self._model.capture
        if capture is not None:
            self.swap.ask(self._question(capture), at_once=True)

    def _question(self, capture: Capture) -> CounterfactualSpec:
        """The text under the preset, through the whole model."""
        factor = self.factor()
        return CounterfactualSpec(
            model=self._model.ref,
            ids=capture.ids,
            rotation=self._preset,
            factor=factor,
            length=self._length(factor),
            losses=False,
        )

    def _length(self, factor: float) -> int:
        """What a length-dependent preset is for: the same for the map and for the model."""
        return round(self._model.trained * factor)

    def _take_map(self, found: Stretched) -> None:
        self._shown = found
        self._show_map()
        layer = self._model.captured()
        if layer is not None and layer.rotation is not None:
            work = partial(_curves, layer, self._model.head, self._model.trained, found)
            self._curves.ask(work, self._take_curves, self._failed)

    def _take_curves(self, found: _Curves) -> None:
        self._own, self._curve, self._waves = found.own, found.turned, found.waves
        for one in self._waves:
            chip = self.presets[one.name]
            chip.setEnabled(one.problem is None)
            chip.setToolTip("" if one.problem is None else str(tell_report(one.problem)))
        self._show_spectrum()
        self._show_distance()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())

    # Texts and pictures

    def retranslate(self) -> None:
        """Set every text again."""
        for name, chip in self.presets.items():
            chip.setText(tell(SCALINGS[name].title))
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.factor_label.setText(self.tr("Factor"))
        self.slider.setAccessibleName(self.tr("Factor of the stretch"))
        self.ask_model.setText(self.tr("Ask the model"))
        self.ask_model.setAccessibleName(self.ask_model.text())
        self.ask_model.setToolTip(
            self.tr("Above {n} tokens the model is asked only when you want it").format(
                n=MOST_ASKED
            )
        )
        self.next.refresh()
        self._write_factor()
        self._show_map()
        self._show_spectrum()
        self._show_distance()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _write_factor(self) -> None:
        factor = self._model.factor = self.factor()
        length = self._length(factor)
        text = self.tr("× {factor} = {length} positions")
        self.factor_text.setText(text.format(factor=short(factor), length=length))
        self.slider.setEnabled(self._preset != "direct")

    def _show_map(self) -> None:
        title = self.tr("Attention of this head, turned again")
        found = self._shown
        if found is None:
            self.map_card.set_texts(title)
            return
        hidden = found.hidden
        seen = found.values[~hidden]
        low = 0.0 if found.weights or not seen.size else float(seen.min())
        high = float(seen.max()) if seen.size else 1.0
        scale = Scale(low, high)
        capture = self._model.capture
        tokens = capture.tokens if capture is not None else ()
        labels = tuple(tokens[:: found.step]) if found.step > 1 else tokens
        unit = self.tr("weight") if found.weights else self.tr("score")
        self.map.set_matrix(
            SmallMatrix(
                np.where(hidden, low, found.values), scale, hidden, labels, labels,
                self.tr("query"), self.tr("key"), unit,
            )
        )  # fmt: skip
        self.scale.set_scale(scale, unit)
        what = (
            self.tr("softmax weights")
            if found.weights
            else self.tr("mean scores of {n} × {n} tokens").format(n=found.step)
        )
        note = self.tr("{what}; no forward pass, turned in {ms} ms")
        self.map_card.set_texts(title, note.format(what=what, ms=short(found.milliseconds)))
        tip = self.tr(
            "Queries and keys of the text are turned back and turned again by the new frequencies. "
            "Cosine and sine times {f}. Layers before this one still ran with the old ones."
        )
        self.map_card.note.setToolTip(tip.format(f=short(found.attention)))

    def _show_spectrum(self) -> None:
        title = self.tr("Wavelengths")
        layer = self._model.captured()
        if not self._waves or layer is None or layer.rotation is None:
            self.spectrum_card.set_texts(title)
            return
        pairs = np.arange(len(layer.rotation.inv_freq), dtype=np.float64)
        own = 2 * np.pi / layer.rotation.inv_freq
        series = [Series(self.tr("the model's own"), pairs, own, "points", "series-1")]
        for one in self._waves:
            if one.problem is None and one.name != "direct":
                role, style = DRESS[one.name]
                width = CHOSEN_WIDTH if one.name == self._preset else OTHER_WIDTH
                series.append(
                    Series(
                        tell(SCALINGS[one.name].title),
                        pairs,
                        one.wavelengths,
                        style,
                        role,
                        width=width,
                    )
                )
        trained = self._model.trained
        self.spectrum.set_data(
            Axis(self.tr("pair of dimensions, fastest first"), whole=True),
            Axis(self.tr("wavelength"), self.tr("tokens"), log=True),
            tuple(series),
            (
                Marker(
                    float(trained), self.tr("trained length {n}").format(n=trained),
                    horizontal=True, role="warning",
                ),
            ),
        )  # fmt: skip
        whole = int((own <= trained).sum())
        note = self.tr("{a} of {b} pairs turned wholly in training; the others saw only an arc")
        self.spectrum_card.set_texts(title, note.format(a=whole, b=len(own)))

    def _show_distance(self) -> None:
        title = self.tr("Mean score against distance")
        curve, found = self._curve, self._shown
        if curve is None or found is None:
            self.distance_card.set_texts(title)
            return
        own = self._own
        series = []
        if own is not None:
            series.append(
                Series(self.tr("the model's own"), own.distances, own.mean, "dashed", "series-1")
            )
        name, role = tell(SCALINGS[found.preset].title), DRESS[found.preset][0]
        series.append(Series(name, curve.distances, curve.mean, "line", role))
        self.distance.set_data(
            Axis(self.tr("distance"), self.tr("tokens"), whole=True),
            Axis(self.tr("score")),
            tuple(series),
        )
        note = self.tr("n = {n} visible cells of this text").format(n=int(curve.count.sum()))
        self.distance_card.set_texts(title, note)

    def _command(self) -> str:
        return rope_command(self._model, self._preset, self.factor())

    # Building

    def _build(self) -> None:
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        bar = FlowBar(self)
        flow = FlowLayout(bar, 4)
        for chip in self.presets.values():
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.presets[self._preset].setChecked(True)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.set_factor(self._model.factor)
        use_fixed_font(self.factor_text)
        self.factor_text.setMinimumWidth(self.factor_text.fontMetrics().averageCharWidth() * 22)
        self.factor_label.setBuddy(self.slider)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.factor_label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.factor_text)
        exports = plot_exports(
            self._services, self.map, self.map.columns, self.map.arrays, self._command
        )
        self.map_card = PlotCard(self._services, "rope-map", self.map, exports, self)
        self.map_card.head.insertWidget(1, self.scale)
        self.spectrum_card = chart_card(
            self._services, "rope-wavelengths", self.spectrum, self._command, self
        )
        self.distance_card = chart_card(
            self._services, "rope-stretched-distance", self.distance, self._command, self
        )
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.map_card, 3)
        left.addWidget(self.next)
        left.addWidget(self.ask_model, 0, Qt.AlignmentFlag.AlignLeft)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.spectrum_card, 3)
        right.addWidget(self.distance_card, 2)
        parts = QHBoxLayout()
        parts.setSpacing(20)
        parts.addLayout(left, 1)
        parts.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(bar)
        column.addLayout(row)
        column.addSpacing(4)
        column.addLayout(parts, 1)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._chip_clicked)
        self.slider.valueChanged.connect(self._factor_moved)
        self.ask_model.clicked.connect(self._ask_clicked)
        self._model.facts_changed.connect(self._write_factor)


def _curves(layer: LayerCapture, head: int, trained: int, found: Stretched) -> _Curves:
    own = binned(measured(layer, head))
    return _Curves(own, curve_of(found), waves(layer, trained, found.factor))
