"""Buckets: T5's relative positions, which distances share one and what each head adds for it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.inspection.positions.buckets import BucketCurve
from workbench.plots.colour_maps import symmetric
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, Series
from workbench.plots.small_map import SmallMap, SmallMatrix
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.viewmodels.position import PositionModel
from workbench.viewmodels.position_tables import T5_BUCKETS, T5_DISTANCE, buckets_of
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class BucketsView(QWidget):
    """The buckets at the left, the biases of the heads at the right."""

    def __init__(
        self,
        services: Services,
        model: PositionModel,
        plot_theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.sentence = PlainLabel(self)
        self.sentence.setWordWrap(True)
        set_role(self.sentence, "muted")
        self.buckets = LineChart(services.theme, parent=self)
        self.bias = LineChart(services.theme, parent=self)
        self.heads = SmallMap(plot_theme, self)
        self.buckets_card = chart_card(services, "t5-buckets", self.buckets, parent=self)
        self.bias_card = chart_card(services, "t5-bias", self.bias, parent=self)
        exports = plot_exports(services, self.heads, self.heads.columns, self.heads.arrays)
        self.heads_card = PlotCard(services, "t5-bias-heads", self.heads, exports, self)
        self._own_part = QWidget(self)
        right = QVBoxLayout(self._own_part)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(12)
        right.addWidget(self.bias_card, 1)
        right.addWidget(self.heads_card, 1)
        parts = QHBoxLayout()
        parts.setSpacing(20)
        parts.addWidget(self.buckets_card, 1)
        parts.addWidget(self._own_part, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.sentence)
        column.addLayout(parts, 1)
        self.refresh()

    def refresh(self) -> None:
        """Another head, text or model."""
        curve, own, both = buckets_of(self._model.captured())
        self._write(own, both)
        distance = self._distance_axis()
        lags = curve.distances.astype(np.float64)
        self.buckets.set_data(
            distance,
            Axis(self.tr("bucket"), whole=True),
            (Series(self.tr("bucket"), lags, curve.bucket.astype(np.float64), "points"),),
        )
        self.buckets_card.set_texts(
            self.tr("Distances that share a bucket"),
            self.tr("one bucket each nearby, wider and wider ones farther away"),
        )
        self._own_part.setVisible(own)
        if own:
            self._show_bias(curve, lags)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def _show_bias(self, curve: BucketCurve, lags: np.ndarray) -> None:
        head = min(self._model.head, len(curve.bias) - 1)
        self.bias.set_data(
            self._distance_axis(),
            Axis(self.tr("bias")),
            (Series(self.tr("head {n}").format(n=head), lags, curve.bias[head].astype(float)),),
        )
        self.bias_card.set_texts(
            self.tr("What head {n} adds").format(n=head), self.tr("learned, the same in all layers")
        )
        heads = tuple(str(n) for n in range(len(curve.bias)))
        self.heads.set_matrix(
            SmallMatrix(
                curve.bias, symmetric(curve.bias), None, heads,
                tuple(str(n) for n in curve.distances), self.tr("head"), self.tr("distance"),
                square=False,
            )
        )  # fmt: skip
        self.heads_card.set_texts(self.tr("All heads"))

    def _distance_axis(self) -> Axis:
        return Axis(self.tr("key − query"), self.tr("tokens"), whole=True)

    def _write(self, own: bool, both: bool) -> None:
        name = self._model.ref.id
        if own:
            text = (
                self.tr("{model} adds a learned bias per bucket; keys ahead have buckets too.")
                if both
                else self.tr("{model} adds a learned bias per bucket of distance.")
            )
            self.sentence.setText(text.format(model=name))
            return
        text = self.tr(
            "{model} does not use buckets. This is how T5 counts them in its decoder: {n} buckets, "
            "all distances from {far} on share the last one."
        )
        self.sentence.setText(text.format(model=name, n=T5_BUCKETS, far=T5_DISTANCE))
