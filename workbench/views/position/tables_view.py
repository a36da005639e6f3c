"""Tables: sines and cosines by the formula, and the table that a model has learned."""

from __future__ import annotations

from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from engine.errors import EngineError
from engine.inspection.positions.sinusoidal import Layout
from workbench.plots.colour_maps import Scale, symmetric
from workbench.plots.curves import LineChart
from workbench.plots.series import Axis, Series, short
from workbench.plots.small_map import SmallMap, SmallMatrix
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.viewmodels.latest import Latest
from workbench.viewmodels.position import PositionModel
from workbench.viewmodels.position_own_table import OwnTableModel
from workbench.viewmodels.position_tables import TableView, formula_table, model_table
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.widgets.chips import Chip
from workbench.widgets.error_note import ErrorNote
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

Source = Literal["interleaved", "blocks", "model"]
SOURCES: Final[tuple[Source, ...]] = ("interleaved", "blocks", "model")


class TablesView(QWidget):
    """Where the table comes from above; the table, its likeness and a curve below."""

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
        self._source: Source = "interleaved"
        self._formula: Layout = "interleaved"
        self._picked = False
        self._drawings: Latest[TableView] = Latest(services.background)
        self.own = OwnTableModel(services.jobs, self)
        self._view: TableView | None = None
        self.sources = {source: Chip(self) for source in SOURCES}
        self.sentence = PlainLabel(self)
        self.error = ErrorNote(self)
        self.table = SmallMap(plot_theme, self)
        self.alike = SmallMap(plot_theme, self)
        self.curve = LineChart(services.theme, parent=self)
        self._build()
        self._connect()
        self.retranslate()
        self._draw(formula_table("interleaved"))

    # What the page tells

    def refresh(self) -> None:
        """Another text or model: read the model's table, if it has one."""
        self._follow_model()
        self.sources["model"].setEnabled(self._has_table())
        if self._has_table():
            self.own.need()
        self._write()

    def _follow_model(self) -> None:
        """What was read of another model, or is about to be, no longer counts."""
        if self.own.set_model(self._model.ref):
            self._picked = False
            self.error.show_report(None)
            if self._source == "model":
                self._choose(self._formula)

    def _has_table(self) -> bool:
        return self._model.encoding in ("learned", "sinusoidal")

    # What the person does

    def _chip_clicked(self, chip: Chip) -> None:
        self._picked = True
        self._choose(next(source for source, known in self.sources.items() if known is chip))
        if self._source == "model" and self.own.table is None:
            self.error.show_report(None)
            self.own.read()

    def _choose(self, source: Source) -> None:
        self._source = source
        self.sources[source].setChecked(True)
        self._drawings.forget()  # a table asked for before is not the chosen one
        if source != "model":
            self._formula = source
            self._drawings.ask(partial(formula_table, source), self._draw, self._failed)
        elif self.own.table is not None:
            self._drawings.ask(partial(model_table, self.own.table), self._draw, self._failed)
        self._write()

    def _table_read(self) -> None:
        """The model's table is there; it is shown unless the person has chosen another."""
        if not self._picked or self._source == "model":
            self._choose("model")

    def _ended(self) -> None:
        """No table came: the chip of the one in sight is checked again."""
        if self._source == "model" and self.own.table is None:
            self._choose(self._formula)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._services.notify.error(error.report())

    # Texts and pictures

    def retranslate(self) -> None:
        """Set every text again."""
        names: dict[Source, str] = {
            "interleaved": self.tr("Sine and cosine in turn"),
            "blocks": self.tr("All sines, then all cosines"),
            "model": self.tr("This model's table"),
        }
        for source, chip in self.sources.items():
            chip.setText(names[source])
            chip.setAccessibleName(names[source])
            chip.updateGeometry()
        self._write()
        if self._view is not None:
            self._draw(self._view)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _write(self) -> None:
        own, name = self.own.table, self._model.ref.id
        if own is None:
            text = self.tr(
                "{model} adds no table of positions to its tokens; this is the formula of the "
                "original Transformer, PE(p, 2i) = sin(p / 10000^(2i/d))."
            )
            if self.own.job.running:
                text = self.tr("Reading the table of {model}…")
            elif self._has_table():
                text = self.tr("The table of {model} has not been read.")
            self.sentence.setText(text.format(model=name))
        elif own.kind == "learned":
            text = self.tr("{model} learned {n} positions of {d} dimensions each ({module}).")
            self.sentence.setText(
                text.format(model=name, n=own.positions, d=own.rows.shape[1], module=own.module)
            )
        else:
            text = self.tr("{model} uses the formula; its rows differ from it by at most {e}.")
            self.sentence.setText(text.format(model=name, e=short(own.deviation)))

    def _draw(self, view: TableView) -> None:
        self._view = view
        positions = tuple(str(n) for n in view.positions)
        dims = tuple(str(n) for n in view.dims)
        self.table.set_matrix(
            SmallMatrix(
                view.rows, symmetric(view.rows), None, positions, dims, self.tr("position"),
                self.tr("dimension"), square=False,
            )
        )  # fmt: skip
        shape = self.tr("{n} positions, {d} dimensions; blue is negative, yellow positive")
        self.table_card.set_texts(self.tr("The table"), shape.format(n=view.count, d=view.width))
        places = tuple(str(n) for n in view.alike.positions)
        lowest = float(view.alike.cosines.min(initial=0.0))
        self.alike.set_matrix(
            SmallMatrix(
                view.alike.cosines, Scale(lowest, 1.0), None, places, places, self.tr("position"),
                self.tr("position"), self.tr("cosine"),
            )
        )  # fmt: skip
        self.alike_card.set_texts(
            self.tr("How alike two positions are"),
            self.tr("cosine of their rows, from {low} to 1").format(low=short(lowest)),
        )
        self.curve.set_data(
            Axis(self.tr("distance"), self.tr("positions"), whole=True),
            Axis(self.tr("mean cosine")),
            (Series(self.tr("mean over all pairs of that distance"), view.distances,
                    view.alike.by_distance),),
        )  # fmt: skip
        self.curve_card.set_texts(
            self.tr("Likeness against distance"),
            self.tr("n = {n} positions").format(n=len(places)),
        )

    # Building

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._chip_clicked)
        self._model.facts_changed.connect(self._follow_model)
        self.own.found.connect(self._table_read)
        self.own.changed.connect(self._write)
        self.own.refused.connect(self.error.show_report)
        self.own.job.ended.connect(self._ended)

    def _build(self) -> None:
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        for chip in self.sources.values():
            self._group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.sources["interleaved"].setChecked(True)
        self.sentence.setWordWrap(True)
        set_role(self.sentence, "muted")
        services = self._services
        cards = []
        for name, plot in (("position-table", self.table), ("position-likeness", self.alike)):
            exports = plot_exports(services, plot, plot.columns, plot.arrays)
            cards.append(PlotCard(services, name, plot, exports, self))
        self.table_card, self.alike_card = cards
        self.curve_card = chart_card(services, "position-likeness-curve", self.curve, parent=self)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.alike_card, 3)
        right.addWidget(self.curve_card, 2)
        parts = QHBoxLayout()
        parts.setSpacing(20)
        parts.addWidget(self.table_card, 1)
        parts.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(chips)
        column.addWidget(self.sentence)
        column.addWidget(self.error)
        column.addLayout(parts, 1)
