"""Outliers: features as large as those of large models, on demand, and what each method does."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from engine.pruning.outliers_spec import LARGEST, OutlierPoint
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, Marker, Series
from workbench.services.container import Services
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_command import outliers_command
from workbench.views.job_line import JobLine
from workbench.views.plot_card import chart_card
from workbench.views.pruning.curves_card import look_of
from workbench.views.pruning.turning import Turning
from workbench.views.pruning.words import method_name, percent
from workbench.widgets.fixed_font import use_fixed_font
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.signed_tint import plain_number

STEPS = 20
WIDE_CHARS = 100


class OutliersView(QScrollArea):
    """A slider for the strength, two charts, the facts in words."""

    def __init__(
        self, services: Services, model: PruningModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.name = PlainLabel(content)
        set_role(self.name, "section")
        self.slider = QSlider(Qt.Orientation.Horizontal, content)
        self.slider.setObjectName("outlier-strength")
        self.slider.setRange(0, round(LARGEST / 2 * STEPS))
        self.slider.setPageStep(STEPS // 2)
        self.slider.setMinimumHeight(self.fontMetrics().height() + 8)
        self.figure = PlainLabel(content)
        use_fixed_font(self.figure)
        self.line = JobLine(model.outliers.job, content)
        self.headline = PlainLabel(content)
        self.headline.setWordWrap(True)
        set_role(self.headline, "section")
        self.facts = PlainLabel(content)
        self.facts.setWordWrap(True)
        self.loss = LineChart(services.theme, parent=content)
        self.loss_card = chart_card(services, "outliers-loss", self.loss, self._command, content)
        self.moved = LineChart(services.theme, parent=content)
        self.moved_card = chart_card(services, "outliers-moved", self.moved, self._command, content)
        self._lay_out(content)
        self.setWidget(content)
        self.slider.valueChanged.connect(self._slid)
        model.outliers.changed.connect(self.refresh)
        model.outliers.strength_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.name.setText(self.tr("Strength"))
        self.slider.setAccessibleName(self.tr("Strength of the outlier features"))
        self.slider.setToolTip(
            self.tr(
                "σ of log-normal factors: features behind norms and neurons are multiplied, the "
                "columns that read them divided"
            )
        )
        self.loss_card.set_texts(self.tr("Loss after pruning"))
        self.moved_card.set_texts(self.tr("Weights whose fate changes"))
        self.refresh()

    def refresh(self) -> None:
        """Draw what was measured, and read it at the slider."""
        outliers = self._model.outliers
        self.slider.blockSignals(True)
        self.slider.setValue(round(outliers.strength * STEPS))
        self.slider.blockSignals(False)
        self.figure.setText(f"σ {plain_number(outliers.strength, 2)}")
        has = bool(outliers.points)
        self.loss_card.setVisible(has)
        self.moved_card.setVisible(has)
        if not has:
            self.headline.setText(
                self.tr(
                    "Measure gives the model outlier features without changing what it says, and "
                    "prunes it by each method: what large models do to magnitude, made visible."
                )
            )
            self.facts.setText("")
            return
        methods = list(dict.fromkeys(point.method for point in outliers.points))
        x = Axis(self.tr("strength σ"))
        marker = (Marker(outliers.strength, self.tr("slider"), role="accent"),)
        dense = tuple(Marker(one.loss.nll, self.tr("dense"), True) for one in outliers.facts[:1])
        self.loss.set_data(
            x, self._loss_axis(),
            tuple(self._series(one, "loss") for one in methods), (*marker, *dense),
        )  # fmt: skip
        self.moved.set_data(
            x, Axis(self.tr("moved against σ = 0"), "%"),
            tuple(self._series(one, "moved") for one in methods), marker,
        )  # fmt: skip
        self.headline.setText(self._headline(methods))
        self.facts.setText(self._facts())
        self._notes()

    def _loss_axis(self) -> Axis:
        """From below the least loss: a band that reaches 0 would take all the room."""
        points = self._model.outliers.points
        seen = [one.loss.nll for one in points] + [f.loss.nll for f in self._model.outliers.facts]
        tops = [one.loss.nll + 2 * one.loss.error for one in points]
        return Axis(
            self.tr("loss"), self.tr("nats per token"), log=True, low=0.6 * min(seen),
            high=1.1 * max(tops),
        )  # fmt: skip

    def _series(self, method: str, what: str) -> Series:
        points = self._model.outliers.curve(method)
        x = np.array([one.strength for one in points])
        style, role = look_of(method)
        if what == "moved":
            return Series(
                method_name(method), x, np.array([100 * one.moved for one in points]), style, role
            )
        low = np.array([max(one.loss.nll - 2 * one.loss.error, 1e-6) for one in points])
        high = np.array([one.loss.nll + 2 * one.loss.error for one in points])
        y = np.array([one.loss.nll for one in points])
        return Series(method_name(method), x, y, style, role, low, high)

    def _near(self, method: str) -> OutlierPoint | None:
        """The measured point closest to the slider."""
        points = self._model.outliers.curve(method)
        strength = self._model.outliers.strength
        return min(points, key=lambda one: abs(one.strength - strength), default=None)

    def _headline(self, methods: list[str]) -> str:
        near = [point for method in methods if (point := self._near(method)) is not None]
        told = " · ".join(
            self.tr("{name} {nll} nats").format(
                name=method_name(one.method), nll=plain_number(one.loss.nll, 3)
            )
            for one in near
        )
        if not near:
            return ""
        return self.tr("At σ = {s}: {told}").format(s=plain_number(near[0].strength, 2), told=told)

    def _facts(self) -> str:
        outliers = self._model.outliers
        near = min(
            outliers.facts, key=lambda one: abs(one.strength - outliers.strength), default=None
        )
        if near is None:
            return ""
        logits = (
            self.tr("Dense logits are bit for bit the same")
            if near.logit_difference == 0
            else self.tr("Dense logits differ by at most {d}").format(
                d=f"{near.logit_difference:.2g}"
            )
        )
        largest = self.tr("the largest feature is {x} times the median one").format(
            x=plain_number(near.largest, 1)
        )
        still = [
            method_name(point.method)
            for method in outliers.methods
            if (point := self._near(method)) is not None and point.moved == 0
        ]
        parts = [logits, largest]
        if still and outliers.strength > 0:
            parts.append(self.tr("not one mask of {names} moves").format(names=", ".join(still)))
        return "; ".join(parts) + "."

    def _notes(self) -> None:
        result, spec = self._model.outliers.result, self._model.outliers.spec
        if spec is None:
            return
        text = self.tr("{model} at {ratio} zeros; {n} windows of {length} tokens, seed {seed}")
        told = text.format(
            model=spec.model.id, ratio=percent(spec.ratio, 0), n=spec.measured,
            length=spec.length, seed=spec.seed,
        )  # fmt: skip
        if result is not None:
            told += " · " + self.tr("calibration {a}, measured on {b}").format(
                a=result.calibration_sha256[:8], b=result.evaluation_sha256[:8]
            )
        self.loss_card.set_note(told)
        self.moved_card.set_note(
            self.tr("Share of weights that are kept at σ = 0 and zeroed here, or the reverse.")
        )

    def _slid(self, value: int) -> None:
        self._model.outliers.set_strength(value / STEPS)

    def _command(self) -> str:
        spec = self._model.outliers.spec
        return outliers_command(spec) if spec is not None else "lathe prune outliers"

    def _lay_out(self, content: QWidget) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.name)
        top.addWidget(self.slider, 1)
        top.addWidget(self.figure)
        charts = Turning((self.loss_card, self.moved_card), (3, 2), WIDE_CHARS, content)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(self.line)
        column.addWidget(self.headline)
        column.addWidget(self.facts)
        column.addWidget(charts, 1)
        column.addStretch(0)
