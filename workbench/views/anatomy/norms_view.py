"""Norms: one vector through each, where they stand, gradients against depth, and their cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.inspection.anatomy.cost_spec import CostRow, Form, NormCost
from engine.inspection.anatomy.depth_spec import DepthResult
from engine.inspection.anatomy.rows.base import Placement
from workbench.plots.blocks import BlockDiagram
from workbench.plots.curves import LineChart
from workbench.plots.export import Column
from workbench.plots.series import Axis, LineStyle, Series
from workbench.plots.vector_bars import Panel, VectorBars
from workbench.services.container import Services
from workbench.viewmodels.anatomy import AnatomyModel
from workbench.viewmodels.anatomy_norms import (
    MOST_LAYERS,
    NormChoice,
    deepnorm,
    deepnorm_single,
    steps,
)
from workbench.views.anatomy.slider_row import SliderRow
from workbench.views.anatomy.words import placement_tower
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.plain import PlainLabel

ROLES = {
    "input": "muted",
    "layer-norm": "series-4",
    "rms-norm": "series-2",
    "post": "series-1",
    "pre": "series-3",
    "deep": "series-5",
}
STYLES: dict[Placement, LineStyle] = {"post": "line", "pre": "dashed", "deep": "dotted"}
WIDE_CHARS = 120


class NormsView(QScrollArea):
    """Vector and placement above, the two measurements below."""

    def __init__(
        self, services: Services, model: AnatomyModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        theme = services.theme
        self.offset = SliderRow(-5.0, 5.0, 0.1, 1, content)
        self.scale = SliderRow(0.1, 5.0, 0.1, 1, content)
        self.layers = SliderRow(1, MOST_LAYERS, 1, 0, content)
        self.bars = VectorBars(theme, content)
        self.bars_card = PlotCard(
            services, "norms-vector", self.bars,
            plot_exports(services, self.bars, self.bars.columns), content,
        )  # fmt: skip
        self.factors = PlainLabel(content)
        self.factors.setWordWrap(True)
        self.diagrams = BlockDiagram(theme, content)
        self.placement_card = PlotCard(
            services, "norms-placement", self.diagrams,
            plot_exports(services, self.diagrams, self._placements), content,
        )  # fmt: skip
        self.depth = LineChart(theme, parent=content)
        self.depth_card = chart_card(
            services, "gradient-depth", self.depth, lambda: "lathe inspect anatomy depth", content
        )
        self.cost = FigureTable(content)
        self.cost_card = PlotCard(
            services, "norms-cost", self.cost,
            plot_exports(
                services, self.cost, self._cost_columns, command=_cost_command
            ),
            content,
        )  # fmt: skip
        self.verdict = PlainLabel(content)
        self.verdict.setWordWrap(True)
        self._lay_out(content)
        self.setWidget(content)
        self.offset.moved.connect(self._offset_moved)
        self.scale.moved.connect(self._scale_moved)
        self.layers.moved.connect(self._layers_moved)
        model.norms_changed.connect(self._show_vector)
        model.depth.changed.connect(self._show_depth)
        model.cost.changed.connect(self._show_cost)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.offset.set_name(self.tr("Mean"))
        self.scale.set_name(self.tr("Spread"))
        self.layers.set_name(self.tr("Layers"))
        self.bars_card.set_texts(
            self.tr("The same vector through each"),
            self.tr("One scale for all; the dashed line is the mean. f is a fixed random matrix."),
        )
        self.placement_card.set_texts(self.tr("Where the norm stands"))
        self.diagrams.set_towers([placement_tower(kind) for kind in ("post", "pre", "deep")])
        self.depth_card.set_texts(self.tr("Gradient norm against depth"))
        self.cost_card.set_texts(self.tr("What a norm costs"))
        self._show_vector()
        self._show_depth()
        self._show_cost()

    # Showing

    def _show_vector(self) -> None:
        choice = self._model.norms
        self.offset.set_value(choice.offset)
        self.scale.set_value(choice.scale)
        self.layers.set_value(choice.layers)
        names = {
            "input": "x",
            "layer-norm": "LayerNorm(x)",
            "rms-norm": "RMSNorm(x)",
            "post": "LN(x + f(x))",
            "pre": "x + f(LN(x))",
            "deep": "LN(αx + f(x))",
        }
        figures = self.tr("mean {mean:.2f}, RMS {rms:.2f}")
        self.bars.set_panels(
            [
                Panel(
                    names[step.id],
                    figures.format(mean=step.mean, rms=step.rms).replace("-", "−"),
                    step.values,
                    ROLES[step.id],
                )
                for step in steps(choice)
            ]
        )
        self.factors.setText(self._factors_text(choice))

    def _factors_text(self, choice: NormChoice) -> str:
        single, both = deepnorm_single(choice).decoder, deepnorm(choice)
        assert single is not None
        assert both.encoder is not None
        assert both.decoder is not None
        text = self.tr(
            "DeepNorm of {n} layers: α = {a:.3f}, β = {b:.3f}. With {n} in each half: encoder "
            "α = {ea:.3f}, β = {eb:.3f}; decoder α = {da:.3f}, β = {db:.3f} (Wang et al. 2022, "
            "figure 2)."
        )
        return text.format(
            n=choice.layers, a=single.alpha, b=single.beta, ea=both.encoder.alpha,
            eb=both.encoder.beta, da=both.decoder.alpha, db=both.decoder.beta,
        )  # fmt: skip

    def _show_depth(self) -> None:
        parts = [one for one in self._model.depth.parts if isinstance(one, DepthResult)]
        result = self._model.depth.result if not parts else parts[-1]
        names = {
            "post": self.tr("post-norm"),
            "pre": self.tr("pre-norm"),
            "deep": "DeepNorm",
        }
        series: list[Series] = []
        if isinstance(result, DepthResult):
            for curve in result.curves:
                layers = np.arange(1, result.layers + 1, dtype=np.float64)
                series.append(
                    Series(
                        names[curve.placement], layers, np.median(curve.norms, axis=0),
                        STYLES[curve.placement], ROLES[curve.placement],
                        curve.norms.min(axis=0), curve.norms.max(axis=0),
                    )
                )  # fmt: skip
            note = self.tr(
                "Random stacks of {layers} layers before any training, {seeds} each: median and "
                "range of the gradient of all weights of a layer."
            )
            self.depth_card.set_note(note.format(layers=result.layers, seeds=result.seeds))
        else:
            self.depth_card.set_note(self.tr("Measure builds random stacks and reads them."))
        self.depth.set_data(
            Axis(self.tr("layer, from the input"), whole=True),
            Axis(self.tr("gradient norm"), self.tr("nats per unit"), log=True),
            tuple(series),
        )

    def _show_cost(self) -> None:
        rows, result = self._cost_rows(), self._model.cost.result
        self.cost.setVisible(bool(rows))
        self.verdict.setVisible(isinstance(result, NormCost))
        if not rows:
            self.cost_card.set_note(
                self.tr("The textbook says that RMSNorm saves 7–64 %. Measure puts it to the test.")
            )
            return
        self.cost_card.set_note(
            self.tr(
                "Nanoseconds per element, medians of readings in turns, one thread; saving with "
                "its 95 % interval. Negative: RMSNorm takes longer."
            )
        )
        columns = (
            FigureColumn(self.tr("Form")),
            FigureColumn(self.tr("Width"), kind="number"),
            FigureColumn("LayerNorm", kind="number"),
            FigureColumn("RMSNorm", kind="number"),
            FigureColumn(self.tr("Saved"), kind="signed", full=0.7),
        )
        self.cost.set_content(columns, tuple(self._cost_row(row) for row in rows))
        if isinstance(result, NormCost):
            self.verdict.setText(self._verdict(result))

    def _cost_rows(self) -> tuple[CostRow, ...]:
        """What has been read so far."""
        result = self._model.cost.result
        if isinstance(result, NormCost) and not self._model.cost.running:
            return tuple(result.rows)
        return tuple(one for one in self._model.cost.parts if isinstance(one, CostRow))

    def _cost_columns(self) -> tuple[Column, ...]:
        rows = self._cost_rows()
        return (
            ("form", [one.form for one in rows]),
            ("width", [float(one.width) for one in rows]),
            ("LayerNorm ns", [one.layer_ns for one in rows]),
            ("RMSNorm ns", [one.rms_ns for one in rows]),
            ("saved", [one.saving.mean for one in rows]),
            ("low", [one.saving.low for one in rows]),
            ("high", [one.saving.high for one in rows]),
        )

    def _cost_row(self, row: CostRow) -> FigureRow:
        saving = row.saving
        text = f"{saving.mean:+.0%}".replace("-", "−")
        tip = self.tr("{low:.0%} to {high:.0%}, n = {n} pairs")
        return FigureRow(
            (
                self._form_name(row.form),
                Bar(str(row.width), row.width, row.width, row.width),
                Bar(f"{row.layer_ns:.2f}", 0, 0, 0),
                Bar(f"{row.rms_ns:.2f}", 0, 0, 0),
                Bar(text, saving.mean, saving.low, saving.high),
            ),
            tip=tip.format(low=saving.low, high=saving.high, n=saving.n).replace("-", "−"),
        )

    def _form_name(self, form: Form) -> str:
        match form:
            case "fused":
                return self.tr("one kernel")
            case "written":
                return self.tr("step by step")
            case "block":
                return self.tr("whole block")

    def _verdict(self, result: NormCost) -> str:
        text = self.tr(
            "Here ({device}): {wl:.0%} to {wh:.0%} step by step, {fl:.0%} to {fh:.0%} as one "
            "kernel, {bl:.0%} to {bh:.0%} of a whole block. The paper's 7–64 % were whole models "
            "of 2019, recurrent ones among them (Zhang & Sennrich)."
        )
        written, fused, whole = (result.span(form) for form in ("written", "fused", "block"))
        return text.format(
            device=result.device, wl=written[0], wh=written[1], fl=fused[0], fh=fused[1],
            bl=whole[0], bh=whole[1],
        ).replace("-", "−")  # fmt: skip

    # What the person does

    def _offset_moved(self, value: float) -> None:
        self._model.set_norms(replace(self._model.norms, offset=round(value, 1)))

    def _scale_moved(self, value: float) -> None:
        self._model.set_norms(replace(self._model.norms, scale=round(value, 1)))

    def _layers_moved(self, value: float) -> None:
        self._model.set_norms(replace(self._model.norms, layers=round(value)))

    def _placements(self) -> tuple[Column, ...]:
        return (
            (self.tr("placement"), ["post", "pre", "deep"]),
            (self.tr("formula"), ["LN(x + f(x))", "x + f(LN(x))", "LN(αx + f(x))"]),
        )

    def _lay_out(self, content: QWidget) -> None:
        sliders = QHBoxLayout()
        sliders.setSpacing(20)
        for slider in (self.offset, self.scale, self.layers):
            sliders.addWidget(slider, 1)
        cost = QVBoxLayout()
        cost.setSpacing(4)
        cost.addWidget(self.cost_card)
        cost.addWidget(self.verdict)
        cost.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(16)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.bars_card, 0, 0)
        grid.addWidget(self.placement_card, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.depth_card, 1, 0)
        grid.addLayout(cost, 1, 1)
        grid.setRowStretch(1, 1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addLayout(sliders)
        column.addWidget(self.factors)
        column.addLayout(grid, 1)


def _cost_command() -> str:
    return "lathe inspect anatomy cost"
