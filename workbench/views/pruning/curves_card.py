"""The curves of a sweep as a chart: perplexity or accuracy against the ratio."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.pruning.prune_spec import METHODS
from engine.pruning.sweep_spec import SweepCell
from workbench.plots.curves import LineChart
from workbench.plots.series import SERIES_ROLES, Axis, LineStyle, Marker, Series
from workbench.services.container import Services
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_command import sweep_command
from workbench.views.plot_card import chart_card
from workbench.views.pruning.words import method_name, percent, perplexity
from workbench.widgets.chip_bar import ChipBar

STYLES: tuple[LineStyle, ...] = ("line", "dashed", "dotted")
WIDE = 3.0


class CurvesCard(QWidget):
    """Chart with its export menu; the slider's ratio is a line across it.

    Args:
        accuracy: Offer the task's accuracy beside the perplexity, where it was measured.
    """

    def __init__(
        self,
        services: Services,
        model: PruningModel,
        parent: QWidget | None = None,
        accuracy: bool = True,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._offers_accuracy = accuracy
        self.chart = LineChart(services.theme, parent=self)
        self.card = chart_card(services, "pruning-curves", self.chart, self.command, self)
        self.measure = ChipBar(("loss", "accuracy"), self, compact=True)
        self.measure.choose("loss")
        self._accuracy = False
        self.card.head.insertWidget(1, self.measure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        column.addStretch(0)
        self.measure.chosen.connect(self._chosen)
        model.sweep.changed.connect(self.refresh)
        model.live.wish_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.measure.set_names({"loss": self.tr("perplexity"), "accuracy": self.tr("accuracy")})
        self.card.set_texts(self.tr("Perplexity against ratio"))
        self.refresh()

    def refresh(self) -> None:
        """Draw the cells that there are."""
        sweep = self._model.sweep
        known = any(cell.accuracy is not None for cell in sweep.cells.values())
        has_task = known and self._offers_accuracy
        self.measure.setVisible(has_task)
        accuracy = self._accuracy and has_task
        series = tuple(
            self._series(method, sweep.curve(method), accuracy) for method in sweep.methods()
        )
        x = Axis(self.tr("share of zeros"), "%", low=0.0, high=100.0)
        y = (
            Axis(self.tr("right answers"), "%", low=0.0, high=100.0)
            if accuracy
            else Axis(self.tr("perplexity"), log=self._wide())
        )
        markers = [Marker(100 * self._model.live.wish.ratio, self.tr("slider"), role="accent")]
        if sweep.dense is not None:
            markers.append(Marker(self._value(sweep.dense, accuracy), self.tr("dense"), True))
        self.chart.set_data(x, y, series, tuple(markers) if series else ())
        title = (
            self.tr("Right answers against ratio")
            if accuracy
            else self.tr("Perplexity against ratio")
        )
        self.card.heading.setText(title)
        self.chart.setVisible(bool(series))
        grows = QSizePolicy.Policy.Expanding if series else QSizePolicy.Policy.Maximum
        self.card.setSizePolicy(QSizePolicy.Policy.Expanding, grows)
        self.chart.setAccessibleName(title)
        self.card.set_note(self._note())

    def command(self) -> str:
        """The command line that measures the same."""
        sweep = self._model.sweep
        spec = sweep.spec if sweep.spec is not None else sweep.spec_of(self._model.asked)
        return sweep_command(spec)

    def _note(self) -> str:
        sweep = self._model.sweep
        spec = sweep.spec
        if spec is None or not sweep.cells:
            return self.tr("Measure curves prunes by each method at each ratio.")
        text = self.tr(
            "{model}; {windows} windows of {length} tokens, seed {seed}; {n} of {all} points"
        )
        told = text.format(
            model=spec.model.id, windows=spec.measured, length=spec.length, seed=spec.seed,
            n=len(sweep.cells), all=len(spec.methods) * len(spec.ratios),
        )  # fmt: skip
        if sweep.result is not None:
            sha = self.tr("calibration {a}, measured on {b}").format(
                a=sweep.result.calibration_sha256[:8], b=sweep.result.evaluation_sha256[:8]
            )
            told = f"{told} · {sha}"
        return told

    def _series(self, method: str, cells: tuple[SweepCell, ...], accuracy: bool) -> Series:
        kept = [cell for cell in cells if not accuracy or cell.accuracy is not None]
        x = np.array([100 * cell.zeros for cell in kept])
        y = np.array([self._value(cell, accuracy) for cell in kept])
        if accuracy:
            known = [cell.accuracy for cell in kept if cell.accuracy is not None]
            low = np.array([100 * one.low for one in known])
            high = np.array([100 * one.high for one in known])
        else:
            low = np.exp([cell.loss.nll - 2 * cell.loss.error for cell in kept])
            high = np.exp([cell.loss.nll + 2 * cell.loss.error for cell in kept])
        return Series(method_name(method), x, y, *look_of(method), low, high)

    def _wide(self) -> bool:
        """Whether the perplexities need a logarithmic axis; it has few ticks where they do not."""
        values = [cell.loss.perplexity for cell in self._model.sweep.cells.values()]
        return bool(values) and max(values) > WIDE * min(values)

    def _value(self, cell: SweepCell, accuracy: bool) -> float:
        if not accuracy:
            return cell.loss.perplexity
        return 100 * cell.accuracy.share if cell.accuracy is not None else float("nan")

    def _chosen(self, key: str) -> None:
        self._accuracy = key == "accuracy"
        self.refresh()


def look_of(method: str) -> tuple[LineStyle, str]:
    """Style and colour of a method's curve in every chart; a colour that comes again is dashed
    in another way.
    """
    place = METHODS.index(method) if method in METHODS else len(METHODS)
    turn, colour = divmod(place, len(SERIES_ROLES))
    return STYLES[(place + turn) % len(STYLES)], SERIES_ROLES[colour]


def cell_text(cell: SweepCell) -> str:
    """A cell of the table: perplexity, and the task's accuracy where it was measured."""
    if cell.accuracy is None:
        return perplexity(cell.loss)
    return f"{perplexity(cell.loss)} · {percent(cell.accuracy.share, 0)}"
