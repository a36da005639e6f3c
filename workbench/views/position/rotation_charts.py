"""Two measured curves of a rotated head: why only the distance counts, and what it does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.inspection.positions.relative import RelativeGrid
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, Marker, Series, short
from workbench.services.container import Services
from workbench.viewmodels.position_rope import DistanceView
from workbench.views.plot_card import chart_card


class RotationCharts(QWidget):
    """⟨f(q, m), f(k, n)⟩ by m − n at the left, scores by distance at the right."""

    def __init__(
        self, services: Services, command: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._grid: RelativeGrid | None = None
        self._view: DistanceView | None = None
        self.identity = LineChart(services.theme, parent=self)
        self.distance = LineChart(services.theme, parent=self)
        self.identity_card = chart_card(services, "rope-relative", self.identity, command, self)
        self.distance_card = chart_card(services, "rope-distance", self.distance, command, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addWidget(self.identity_card, 1)
        row.addWidget(self.distance_card, 1)
        self.retranslate()

    def show_grid(self, grid: RelativeGrid) -> None:
        """Show one query and one key at every pair of positions."""
        self._grid = grid
        self._show_identity()

    def show_distance(self, view: DistanceView) -> None:
        """Show the scores of a head by distance."""
        self._view = view
        self._show_distance()

    def retranslate(self) -> None:
        """Set every text again."""
        self._show_identity()
        self._show_distance()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _show_identity(self) -> None:
        title = self.tr("⟨f(q, m), f(k, n)⟩ depends on m − n alone")
        grid = self._grid
        if grid is None:
            self.identity_card.set_texts(title)
            return
        lag = (grid.positions[:, None] - grid.positions[None, :]).ravel()
        order = np.argsort(lag, kind="stable")
        cells = lag.size
        thin = order[:: max(1, cells // 2000)]
        lags, first = np.unique(lag, return_index=True)
        axes = (
            Axis(self.tr("m − n"), self.tr("tokens"), whole=True),
            Axis(self.tr("score")),
        )
        self.identity.set_data(
            *axes,
            (
                Series(self.tr("closed formula"), lags, grid.by_distance.ravel()[first], width=1.5),
                Series(
                    self.tr("measured at every m and n"), lag[thin], grid.scores.ravel()[thin],
                    "points",
                ),
            ),
        )  # fmt: skip
        note = self.tr("n = {cells} pairs of positions; cells of equal m − n differ by at most {e}")
        self.identity_card.set_texts(title, note.format(cells=cells, e=short(grid.spread)))

    def _show_distance(self) -> None:
        title = self.tr("Score against distance")
        view = self._view
        if view is None:
            self.distance_card.set_texts(title)
            return
        curve = view.measured
        self.distance.set_data(
            Axis(self.tr("distance"), self.tr("tokens")),
            Axis(self.tr("score")),
            (
                Series(self.tr("envelope"), view.distances, view.bound, "dotted", "series-6"),
                Series(
                    self.tr("mean q with mean k"), view.distances, view.typical, "dashed",
                    "series-2", width=1.2,
                ),
                Series(self.tr("mean of this text"), curve.distances, curve.mean, "line",
                       "series-1", width=2.5),
            ),
            (Marker(float(view.trained), self.tr("trained")),),
        )  # fmt: skip
        note = self.tr(
            "n = {cells} visible cells. Envelope: mean |Σ e^(i·distance·θ)|, scaled to the largest "
            "mean."
        )
        self.distance_card.set_texts(title, note.format(cells=int(curve.count.sum())))
