"""ALiBi: slopes, the triangle of the lecture, what it adds here, and putting it on or off."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from engine.inspection.positions.alibi import triangle
from engine.inspection.positions.counterfactual_spec import (
    KEEP,
    MOST_STRENGTH,
    REMOVE,
    CounterfactualSpec,
)
from workbench.plots.colour_maps import Scale
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, Marker, Series, short
from workbench.plots.small_map import SmallMap, SmallMatrix
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.viewmodels.latest import Latest
from workbench.viewmodels.position import PositionModel
from workbench.viewmodels.position_alibi import (
    WINDOW_NATS,
    AlibiScores,
    SlopeTable,
    alibi_scores,
    slope_table,
)
from workbench.viewmodels.position_commands import alibi_command
from workbench.viewmodels.position_swap import SwapModel
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.views.position.next_tokens import NextTokens
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.plain import PlainLabel

TRIANGLE: Final = 7
SAID_TOKENS: Final = 20


class AlibiView(QWidget):
    """The formula above, this text and this model below."""

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
        self._table: SlopeTable | None = None
        self._scores: AlibiScores | None = None
        self._asked: Latest[AlibiScores] = Latest(services.background)
        self.swap = SwapModel(services.jobs, self)
        self.triangle = SmallMap(plot_theme, self)
        self.slopes = LineChart(services.theme, parent=self)
        self.windows = LineChart(services.theme, parent=self)
        self.added = LineChart(services.theme, parent=self)
        self.change = QPushButton(self)
        self.unrotate = QCheckBox(self)
        self.strength_label = PlainLabel(self)
        self.strength = QDoubleSpinBox(self)
        self.next = NextTokens(services, self.swap, "alibi-next-token", self)
        self._build()
        self._connect()
        self.retranslate()

    # What the page tells

    def refresh(self) -> None:
        """Another head, text or model."""
        self.swap.forget()
        self._asked.forget()
        capture = self._model.capture
        self.next.set_fills(capture is not None and capture.fills)
        layer = self._model.captured()
        self._table = slope_table(layer, self._model.heads)
        self._scores = None
        if layer is not None:
            slope = float(self._table.used[min(self._model.head, len(self._table.used) - 1)])
            self._asked.ask(
                partial(alibi_scores, layer, self._model.head, slope), self._take, self._failed
            )
        self._show()

    @property
    def adds(self) -> bool:
        """Whether the button puts a bias on; it takes it away from a model that has one."""
        return self._table is None or self._table.own is None

    # What the person does

    def _change_clicked(self) -> None:
        self._ask(at_once=True)

    def _option_changed(self) -> None:
        if self.swap.result is not None or self.swap.running:
            self._ask(at_once=False)

    def _ask(self, at_once: bool) -> None:
        capture = self._model.capture
        if capture is None:
            return
        self.swap.ask(
            CounterfactualSpec(
                model=self._model.ref,
                ids=capture.ids,
                alibi="add" if self.adds else "remove",
                rotation=REMOVE if self._unrotates() else KEEP,
                strength=self.strength.value() if self.adds else 1.0,
                new_tokens=SAID_TOKENS if self._goes_on() else 0,
            ),
            at_once,
        )

    def _goes_on(self) -> bool:
        """Whether the model can go on with a text: a decoder alone."""
        capture = self._model.capture
        return capture is not None and not capture.fills and not capture.encoder_tokens

    def _unrotates(self) -> bool:
        return self.unrotate.isVisibleTo(self) and self.unrotate.isChecked()

    def _take(self, found: AlibiScores) -> None:
        self._scores = found
        self._show_added()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())

    # Texts and pictures

    def retranslate(self) -> None:
        """Set every text again."""
        self.unrotate.setText(self.tr("and take the rotation away"))
        self.strength_label.setText(self.tr("Slopes times"))
        self.strength.setAccessibleName(self.tr("Factor on the slopes"))
        self.next.refresh()
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _show(self) -> None:
        adds = self.adds
        self.change.setText(self.tr("Put ALiBi on") if adds else self.tr("Take ALiBi away"))
        self.change.setAccessibleName(self.change.text())
        self.change.setToolTip(
            self.tr("Add −slope · distance to every score of this model, and ask it again")
            if adds
            else self.tr("Leave out what the model adds to its scores, and ask it again")
        )
        layer = self._model.captured()
        self.unrotate.setVisible(adds and layer is not None and layer.rotation is not None)
        for part in (self.strength, self.strength_label):
            part.setVisible(adds)
        self._show_triangle()
        self._show_slopes()
        self._show_windows()
        self._show_added()

    def _slope(self) -> float:
        used = self._table.used if self._table is not None else np.ones(1)
        return float(used[min(self._model.head, len(used) - 1)])

    def _show_triangle(self) -> None:
        values = triangle(TRIANGLE).astype(np.float64)
        hidden = np.triu(np.ones(values.shape, bool), 1)
        labels = tuple(str(n + 1) for n in range(TRIANGLE))
        self.triangle.set_matrix(
            SmallMatrix(
                values, Scale(-float(TRIANGLE), 0.0), hidden, labels, labels, self.tr("query i"),
                self.tr("key j"), numbers=True,
            )
        )  # fmt: skip
        note = self.tr("times the head's slope m = {m}, added to every row before softmax")
        self.triangle_card.set_texts(self.tr("m · −(i − j)"), note.format(m=short(self._slope())))

    def _show_slopes(self) -> None:
        title = self.tr("Slopes")
        table = self._table
        if table is None:
            self.slopes_card.set_texts(title)
            return
        heads = np.arange(1, len(table.textbook) + 1, dtype=np.float64)
        series = [
            Series(self.tr("2^(−8h/n)"), heads, table.textbook, "line", "series-1"),
            Series(self.tr("as released"), heads, table.released, "dashed", "series-2"),
        ]
        if table.own is not None:
            series.append(Series(self.tr("in this model"), heads, table.own, "points", "series-3"))
        self.slopes.set_data(
            Axis(self.tr("head h, from 1"), whole=True), Axis(self.tr("slope m"), log=True),
            tuple(series),
        )  # fmt: skip
        if table.own is not None:
            away = float(np.abs(table.own - table.released).max())
            note = self.tr("this model's differ from the released rule by at most {e}")
            text = note.format(e=short(away))
        else:
            text = self.tr("this model adds none; these it would get with {n} heads").format(
                n=len(heads)
            )
        self.slopes_card.set_texts(title, text)

    def _show_windows(self) -> None:
        title = self.tr("Effective window")
        table = self._table
        if table is None:
            self.windows_card.set_texts(title)
            return
        heads = np.arange(1, len(table.windows) + 1, dtype=np.float64)
        trained = float(self._model.trained)
        self.windows.set_data(
            Axis(self.tr("head h, from 1"), whole=True),
            Axis(self.tr("distance"), self.tr("tokens"), log=True),
            (Series(self.tr("−{n:g} nats").format(n=WINDOW_NATS), heads, table.windows, "points"),),
            (
                Marker(
                    trained, self.tr("trained length {n}").format(n=int(trained)),
                    horizontal=True, role="warning",
                ),
            ),
        )  # fmt: skip
        note = self.tr(
            "where the bias reaches −{n:g} nats: a key there weighs {w:.1%} of an equal one at hand"
        )
        weight = float(np.exp(-WINDOW_NATS))
        self.windows_card.set_texts(title, note.format(n=WINDOW_NATS, w=weight))

    def _show_added(self) -> None:
        title = self.tr("What it adds to the scores of this text")
        found = self._scores
        if found is None:
            self.added_card.set_texts(title)
            return
        curve = found.content
        self.added.set_data(
            Axis(self.tr("distance"), self.tr("tokens"), whole=True),
            Axis(self.tr("score")),
            (
                Series(self.tr("q·k of this head"), curve.distances, curve.mean, "dashed"),
                Series(self.tr("bias"), curve.distances, found.bias, "dotted"),
                Series(self.tr("sum"), curve.distances, curve.mean + found.bias, "line"),
            ),
        )
        own = self._table is not None and self._table.own is not None
        text = (
            self.tr("means over n = {n} visible cells; the slope is the model's own")
            if own
            else self.tr("means over n = {n} visible cells; the slope is what it would get")
        )
        self.added_card.set_texts(title, text.format(n=int(curve.count.sum())))

    def _command(self) -> str:
        change = "add" if self.adds else "remove"
        return alibi_command(self._model, change, self.strength.value())

    # Building

    def _build(self) -> None:
        services = self._services
        exports = plot_exports(services, self.triangle, self.triangle.columns, self.triangle.arrays)
        command = self._command
        self.triangle_card = PlotCard(services, "alibi-triangle", self.triangle, exports, self)
        self.slopes_card = chart_card(services, "alibi-slopes", self.slopes, command, self)
        self.windows_card = chart_card(services, "alibi-windows", self.windows, command, self)
        self.added_card = chart_card(services, "alibi-scores", self.added, command, self)
        self.strength.setRange(0.0, MOST_STRENGTH)
        self.strength.setSingleStep(0.25)
        self.strength.setValue(1.0)
        self.strength_label.setBuddy(self.strength)
        controls = FlowBar(self)
        flow = FlowLayout(controls, 8)
        for part in (self.change, self.strength_label, self.strength, self.unrotate):
            flow.addWidget(part)
        what_if = QVBoxLayout()
        what_if.setSpacing(8)
        what_if.addWidget(controls)
        what_if.addWidget(self.next)
        what_if.addStretch(1)
        above = QHBoxLayout()
        above.setSpacing(20)
        for card in (self.triangle_card, self.slopes_card, self.windows_card):
            above.addWidget(card, 1)
        below = QGridLayout()
        below.setHorizontalSpacing(20)
        below.addWidget(self.added_card, 0, 0)
        below.addLayout(what_if, 0, 1)
        below.setColumnStretch(0, 1)
        below.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(above, 1)
        column.addLayout(below, 1)

    def _connect(self) -> None:
        self.change.clicked.connect(self._change_clicked)
        self.unrotate.toggled.connect(self._option_changed)
        self.strength.valueChanged.connect(self._option_changed)
