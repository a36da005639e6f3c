"""What length costs: perplexity, memory and time against it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, LineStyle, Marker, Series
from workbench.services.container import Services
from workbench.viewmodels.context import ContextModel
from workbench.viewmodels.context_cost import memory, times
from workbench.views.context.words import method_name
from workbench.views.plot_card import chart_card

STYLES: tuple[LineStyle, ...] = ("line", "dashed", "dotted")
ROLES = 6
LINES = 15


class CostCharts(QWidget):
    """Three charts over one axis of tokens."""

    def __init__(
        self,
        services: Services,
        model: ContextModel,
        command: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.text = LineChart(services.theme, parent=self)
        self.memory = LineChart(services.theme, parent=self)
        self.time = LineChart(services.theme, parent=self)
        self.text_card = chart_card(services, "context-perplexity", self.text, command, self)
        self.memory_card = chart_card(services, "context-memory", self.memory, command, self)
        self.time_card = chart_card(services, "context-time", self.time, command, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(20)
        grid.addWidget(self.text_card, 0, 0, 1, 2)
        grid.addWidget(self.memory_card, 1, 0)
        grid.addWidget(self.time_card, 1, 1)
        for chart in (self.text, self.memory, self.time):
            chart.setMinimumHeight(LINES * self.fontMetrics().lineSpacing())
        self.set_words()

    def set_words(self) -> None:
        """Set the titles again; `refresh` sets the rest."""
        self.text_card.set_texts(self.tr("Perplexity against position"))
        self.memory_card.set_texts(self.tr("Memory of one text"))
        self.time_card.set_texts(self.tr("Time to read one text"))

    def refresh(self) -> None:
        """Draw what is known."""
        self._draw_text()
        self._draw_memory()
        self._draw_time()

    def _draw_text(self) -> None:
        probe = self._model.probe
        series = []
        for number, method in enumerate(probe.methods()):
            rows = [row for row in probe.curve(method) if row.perplexity is not None]
            if rows:
                x = np.array([float(row.tokens) for row in rows])
                y = np.array([row.perplexity or np.nan for row in rows])
                style, role = look(number)
                series.append(Series(method_name(method), x, y, style, role))
        self.text.set_data(
            Axis(self.tr("position"), self.tr("tokens"), log=True),
            Axis(self.tr("perplexity"), log=True), tuple(series), self._trained(),
        )  # fmt: skip
        spec = probe.spec
        if spec is not None:
            text = self.tr(
                "Windows: {windows}; scored are the last {stride} tokens of each; text: {text}"
            )
            name = spec.evaluation.path
            told = self.tr("teaching corpus") if name == "teaching" else name
            self.text_card.set_note(
                text.format(windows=spec.windows, stride=spec.stride, text=told)
            )

    def _draw_memory(self) -> None:
        found = memory(self._model.probe)
        series = [
            Series(
                self.tr("keys and values, forecast"),
                found.tokens,
                found.forecast,
                "dotted",
                "series-6",
            ),
            Series(
                self.tr("keys and values, measured"),
                found.tokens,
                found.measured,
                "points",
                "series-1",
            ),
        ]
        for number, method in enumerate(self._model.probe.methods()):
            if method in found.peaks:
                x, y = found.peaks[method]
                style, role = look(number)
                name = self.tr("at the peak: {method}").format(method=method_name(method))
                series.append(Series(name, x, y, style, role))
        self.memory.set_data(
            Axis(self.tr("length"), self.tr("tokens"), low=0.0),
            Axis(self.tr("memory"), "MB", low=0.0),
            tuple(series) if len(found.tokens) else (), self._trained(),
        )  # fmt: skip
        self.memory_card.set_note(
            self.tr(
                "Forecast from the model's shape, measured on the cache. At the peak: all that was "
                "held at once besides the weights while one text was read and asked about"
            )
        )

    def _draw_time(self) -> None:
        probe = self._model.probe
        found = times(probe, self._model.anatomy)
        series = []
        if found.forecast is not None:
            series.append(
                Series(self.tr("forecast"), found.tokens, found.forecast, "dotted", "series-6")
            )
        for number, method in enumerate(probe.methods()):
            if method in found.measured:
                x, y = found.measured[method]
                style, role = look(number)
                series.append(Series(method_name(method), x, y, style, role))
        self.time.set_data(
            Axis(self.tr("length"), self.tr("tokens"), low=0.0),
            Axis(self.tr("seconds per text"), "", low=0.0), tuple(series),
            self._trained(),
        )  # fmt: skip
        self.time_card.set_note(
            self.tr(
                "One text with all its questions. Forecast: the model's multiplications, scaled to "
                "the first length"
            )
        )

    def _trained(self) -> tuple[Marker, ...]:
        probe = self._model.probe
        if not probe.trained or not probe.rows:
            return ()
        return (Marker(float(probe.trained), self.tr("trained")),)


def look(number: int) -> tuple[LineStyle, str]:
    """Line style and colour of a method; 18 of them differ."""
    return STYLES[(number + number // ROLES) % len(STYLES)], f"series-{number % ROLES + 1}"
