"""Weights: the slider, layers as rows, and the map of what each ratio would cost."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.plots.colour_bar import ColourBar
from workbench.plots.sensitivity_map import SensitivityMap
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.services.numbers import file_size
from workbench.viewmodels.pruning import PruningModel
from workbench.viewmodels.pruning_command import prune_command
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.views.pruning.change_card import ChangeCard
from workbench.views.pruning.curves_card import CurvesCard
from workbench.views.pruning.layer_rows import LayerRows
from workbench.views.pruning.part_rows import worths_of
from workbench.views.pruning.ratio_bar import RatioBar
from workbench.views.pruning.words import origin
from workbench.widgets.chips import Chip
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel
from workbench.widgets.plot_menu import PlotMenu
from workbench.widgets.signed_tint import signed

WIDE_CHARS = 120


class WeightsView(QScrollArea):
    """Slider above, rows at the left, the map at the right."""

    def __init__(
        self,
        services: Services,
        model: PruningModel,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.ratio = RatioBar(model, content)
        self.line = JobLine(model.slider, content, patience_ms=300)
        self.rows = LayerRows(model.live, model.cells, services, content)
        self.layers = QWidget(content)
        self.rows_heading = PlainLabel(content)
        set_role(self.rows_heading, "section")
        self.measure_rows = QPushButton(content)
        self.measure_rows.setObjectName("measure-layers")
        self.free_all = QPushButton(content)
        self.free_all.setObjectName("free-layers")
        for button in (self.measure_rows, self.free_all):
            button.setProperty("role", "quiet")
        self.cells_line = JobLine(model.cells.job, content)
        self.begin_note = PlainLabel(content)
        self.begin_note.setWordWrap(True)
        self.begin = QPushButton(content)
        self.begin.setObjectName("begin-slider")
        self.rows_menu = PlotMenu(
            services, "pruning-layers",
            plot_exports(services, self.rows, self.rows.columns, command=self._command), content,
        )  # fmt: skip
        self.map = SensitivityMap(theme, content)
        self.colours = ColourBar(theme, content)
        self.map_card = PlotCard(
            services, "sensitivity", self.map,
            plot_exports(
                services, self.map, self.map.columns, self.map.arrays, self._command
            ),
            content,
        )  # fmt: skip
        self.run_line = JobLine(model.run, content)
        self.change = ChangeCard(model, content)
        self.curves = CurvesCard(services, model, content, accuracy=False)
        self.sweep = QPushButton(content)
        self.sweep.setObjectName("measure-curves")
        self.sweep.setProperty("role", "quiet")
        self.sweep_line = JobLine(model.sweep.job, content)
        self.by_layer, self.by_matrix = Chip(content, compact=True), Chip(content, compact=True)
        self._group = QButtonGroup(self)
        self._lay_out(content)
        self.setWidget(content)
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.rows_heading.setText(self.tr("Layers"))
        self.free_all.setText(self.tr("Free all"))
        self.free_all.setToolTip(self.tr("Let the rule decide about every layer again"))
        self.by_layer.setText(self.tr("layers"))
        self.by_matrix.setText(self.tr("matrices"))
        for chip in (self.by_layer, self.by_matrix):
            chip.setAccessibleName(chip.text())
            chip.updateGeometry()
        self.map_card.set_texts(
            self.tr("Sensitivity"),
            self.tr(
                "Predicted relative squared error, from one sort of the scores; ticks: where the "
                "rows stand. Click a cell to measure it."
            ),
        )
        self._show_begin()
        self.change.retranslate()
        self.curves.retranslate()
        self.refresh()

    # Model to widgets

    def refresh(self) -> None:
        """Show the map of the copy as it is now."""
        live = self._model.live
        for part in (self.layers, self.map_card):  # nothing of them stands there empty
            part.setVisible(live.state is not None)
        names, values = live.sensitivity(self.by_matrix.isChecked())
        grid = live.state.grid if live.state is not None else ()
        titles = (
            self.tr("matrix") if self.by_matrix.isChecked() else self.tr("layer"),
            self.tr("share of zeros"),
            self.tr("of the squared output"),
        )
        self.map.set_curves(names, grid, values, titles)
        if live.state is not None:
            self.map_card.note.setToolTip(origin(live.asked, live.state))
        matrix = self.map.matrix
        self.colours.setVisible(matrix is not None)
        if matrix is not None:
            self.colours.set_scale(matrix.scale, self.tr("of the squared output"))
        if live.state is not None:
            ratios = (
                tuple(live.state.ratios)
                if self.by_matrix.isChecked()
                else tuple(row.ratio for row in live.rows())
            )
            self.map.set_now(ratios)
        self._show_known()
        self._show_buttons()

    def _show_known(self) -> None:
        told: dict[tuple[int, int], str] = {}
        live = self._model.live
        if live.state is not None and not self.by_matrix.isChecked():
            layers = [row.layer for row in live.rows()]
            grid = [round(one, 4) for one in live.state.grid]
            text = self.tr("measured: {rise} nats per token, {n} windows")
            for (layer, ratio), loss in self._model.cells.losses.items():
                if ratio in grid and layer in layers:
                    cell = (layers.index(layer), grid.index(ratio))
                    told[cell] = text.format(rise=signed(loss.rise, 4), n=loss.windows)
        self.map.set_known(told)

    def _show_buttons(self) -> None:
        live, running = self._model.live, self._model.cells.job.running
        self.measure_rows.setText(
            self.tr("Stop measuring") if running else self.tr("Measure each layer")
        )
        self.measure_rows.setToolTip(
            self.tr("Cut each layer alone, as far as it is cut now, and measure the loss")
        )
        self.measure_rows.setEnabled(live.state is not None and not live.dense)
        self.free_all.setVisible(bool(live.wish.fixed))
        sweeping = self._model.sweep.job.running
        self.sweep.setText(self.tr("Stop") if sweeping else self.tr("Measure curves"))

    def _show_worths(self) -> None:
        """The heads' and neurons' worth, from the last cut into parts."""
        result = self._model.structured.result
        layers = result.layers if result is not None else ()
        self.rows.set_worths({one.layer: worths_of(one) for one in layers})

    def _command(self) -> str:
        return prune_command(
            self._model.asked.prune(self._model.live.wish.ratio, fixed=self._model.live.fixed())
        )

    def _show_begin(self) -> None:
        """A large model is not copied before the person says so; one that was stopped can go on."""
        waits, stopped = self._model.waits, self._model.stopped
        self.begin.setVisible(waits > 0 or stopped)
        self.begin_note.setVisible(waits > 0 or stopped)
        self.begin.setText(self.tr("Start the slider"))
        if stopped:
            self.begin_note.setText(self.tr("Layers and their sensitivity appear with it."))
            return
        text = self.tr(
            "The slider keeps a copy of the model, its dense weights and their ranks: about {size}."
        )
        self.begin_note.setText(text.format(size=file_size(waits)))

    # What the person does

    def _refresh_clicked(self, _chip: Chip) -> None:
        self.refresh()

    def _cell_chosen(self, row: int, column: int) -> None:
        live = self._model.live
        if live.state is None or self.by_matrix.isChecked():
            return
        ratio = round(live.state.grid[column], 4)
        if ratio > 0:
            self._model.cells.measure(((live.rows()[row].layer, ratio),))

    def _measure_clicked(self) -> None:
        if self._model.cells.job.running:
            self._model.cells.stop()
        else:
            self._model.cells.measure_rows()

    def _sweep_clicked(self) -> None:
        if self._model.sweep.job.running:
            self._model.stop("curves")
        else:
            self._model.start("curves")

    def _free_clicked(self) -> None:
        self._model.live.free_all(self.tr("Free all layers"))

    # Building

    def _connect(self) -> None:
        model = self._model
        model.live.changed.connect(self.refresh)
        model.live.wish_changed.connect(self._show_buttons)
        model.cells.changed.connect(self._show_known)
        model.cells.job.running_changed.connect(self._show_buttons)
        self._group.buttonClicked.connect(self._refresh_clicked)
        self.map.chosen.connect(self._cell_chosen)
        self.measure_rows.clicked.connect(self._measure_clicked)
        self.free_all.clicked.connect(self._free_clicked)
        self.sweep.clicked.connect(self._sweep_clicked)
        self.begin.clicked.connect(model.begin)
        model.described.connect(self._show_begin)
        model.slider.running_changed.connect(self._show_begin)
        model.live.rested.connect(self._show_begin)
        model.sweep.job.running_changed.connect(self._show_buttons)
        model.structured.changed.connect(self._show_worths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else below each other."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= WIDE_CHARS * self.fontMetrics().averageCharWidth()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self.parts.direction() != way:
            self.parts.setDirection(way)

    def _lay_out(self, content: QWidget) -> None:
        self._group.setExclusive(True)
        for chip in (self.by_layer, self.by_matrix):
            self._group.addButton(chip)
        self.by_layer.setChecked(True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.rows_heading, 1)
        head.addWidget(self.free_all)
        head.addWidget(self.measure_rows)
        head.addWidget(self.rows_menu)
        begin = QHBoxLayout()
        begin.setSpacing(12)
        begin.addWidget(self.begin_note, 1)
        begin.addWidget(self.begin)
        layers = QVBoxLayout(self.layers)
        layers.setContentsMargins(0, 0, 0, 8)
        layers.setSpacing(4)
        layers.addLayout(head)
        layers.addWidget(self.cells_line)
        layers.addWidget(self.rows, 1)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.layers)
        left.addWidget(self.run_line)
        left.addWidget(self.change)
        left.addStretch(1)
        self.map_card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.map_card.head.insertWidget(1, self.by_layer)
        self.map_card.head.insertWidget(2, self.by_matrix)
        legend = QHBoxLayout()
        legend.addWidget(self.colours)
        legend.addStretch(1)
        below = self.map_card.layout()
        assert isinstance(below, QVBoxLayout)
        below.addLayout(legend)
        right = QVBoxLayout()
        right.setSpacing(12)
        self.curves.card.head.insertWidget(1, self.sweep)
        right.addWidget(self.map_card)
        right.addWidget(self.sweep_line)
        right.addWidget(self.curves, 1)
        self.parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.parts.setSpacing(24)
        self.parts.addLayout(left, 5)
        self.parts.addLayout(right, 4)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.ratio)
        column.addWidget(self.line)
        column.addLayout(begin)
        column.addLayout(self.parts, 1)
        content.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
