"""Curves: which methods, at which ratios, and with a task's accuracy beside the perplexity."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.pruning.prune_spec import METHODS
from engine.pruning.sweep_spec import SweepCell
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.viewmodels.names import task_set_name
from workbench.viewmodels.pruning import PruningModel
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.views.pruning.curves_card import CurvesCard, cell_text
from workbench.views.pruning.words import loss_tip, method_hint, method_name, percent
from workbench.widgets.chips import Chip
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.flow_layout import FlowBar, FlowLayout
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class CurvesView(QScrollArea):
    """Methods as chips, the chart, and the same as a table."""

    def __init__(
        self, services: Services, model: PruningModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._setting = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.methods = {method: Chip(content) for method in METHODS}
        for method, chip in self.methods.items():
            chip.setObjectName(f"sweep-{method}")
        self.task_label = PlainLabel(content)
        self.task = QComboBox(content)
        self.task.setObjectName("sweep-task")
        self.items = QSpinBox(content)
        self.items.setObjectName("sweep-items")
        self.items.setRange(4, 2000)
        self.items.setKeyboardTracking(False)
        self.steps = Chip(content, compact=True)
        self.steps.setObjectName("sweep-steps")
        self.line = JobLine(model.sweep.job, content)
        self.curves = CurvesCard(services, model, content)
        self.table = FigureTable(content)
        self.table_card = PlotCard(
            services, "pruning-cells", self.table,
            plot_exports(services, self.table, self._columns, command=self.curves.command), content,
        )  # fmt: skip
        self.kept = PlainLabel(content)
        self.kept.setWordWrap(True)
        set_role(self.kept, "small")
        self._lay_out(content)
        self.setWidget(content)
        for chip in self.methods.values():
            chip.clicked.connect(self._edited)
        self.task.activated.connect(self._edited)
        self.items.valueChanged.connect(self._edited)
        self.steps.clicked.connect(self._edited)
        model.sweep.changed.connect(self.refresh)
        model.sweep.choice_changed.connect(self._show_choice)
        model.sweep.job.running_changed.connect(self._show_kept)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        for method, chip in self.methods.items():
            chip.setText(method_name(method))
            chip.setAccessibleName(chip.text())
            chip.setToolTip(method_hint(method))
            chip.updateGeometry()
        self.task_label.setText(self.tr("Accuracy on"))
        self.items.setSuffix(self.tr(" items"))
        self.steps.setText(self.tr("with steps"))
        self.steps.setToolTip(self.tr("Ask for the steps before the answer"))
        self.steps.setAccessibleName(self.steps.text())
        self.steps.updateGeometry()
        self.items.setAccessibleName(self.tr("Items of the task"))
        self.task.setAccessibleName(self.task_label.text())
        self._fill_tasks()
        self.table_card.set_texts(self.tr("Every point"))
        self.curves.retranslate()
        self._show_choice()
        self.refresh()

    def refresh(self) -> None:
        """Show the cells that there are."""
        sweep = self._model.sweep
        methods = sweep.methods()
        self.table_card.setVisible(bool(methods))
        ratios = sorted({ratio for _, ratio in sweep.cells})
        columns = (
            FigureColumn(self.tr("Zeros")),
            *(FigureColumn(method_name(one), method_hint(one), "number") for one in methods),
        )
        rows = []
        if sweep.dense is not None and methods:
            dense = _figure(sweep.dense)
            rows.append(
                FigureRow((self.tr("dense"), *(dense for _ in methods)), loss_tip(sweep.dense.loss))
            )
        for ratio in ratios:
            cells = [sweep.cells.get((method, ratio)) for method in methods]
            tips = [
                f"{method_name(cell.method)}: {loss_tip(cell.loss)}"
                for cell in cells
                if cell is not None
            ]
            texts = tuple(None if cell is None else _figure(cell) for cell in cells)
            rows.append(FigureRow((percent(ratio, 0), *texts), "\n".join(tips)))
        self.table.set_content(columns, tuple(rows))
        self._show_kept()

    def _show_kept(self) -> None:
        sweep = self._model.sweep
        stored = sum(cell.stored for cell in sweep.cells.values())
        stopped = bool(sweep.cells) and sweep.result is None and not sweep.job.running
        texts = []
        if stopped:
            texts.append(self.tr("Stopped: what was measured stays; Measure curves goes on."))
        if stored:
            texts.append(self.tr("Points measured before: {n}.").format(n=stored))
        self.kept.setText(" ".join(texts))
        self.kept.setVisible(bool(texts))

    def _show_choice(self) -> None:
        choice = self._model.sweep.choice
        self._setting = True
        for method, chip in self.methods.items():
            chip.setChecked(method in choice.methods)
        self.task.setCurrentIndex(max(0, self.task.findData(choice.task)))
        self.items.setValue(choice.items)
        self.steps.setChecked(choice.steps)
        for widget in (self.items, self.steps):
            widget.setEnabled(bool(choice.task))
        self._setting = False

    def _fill_tasks(self) -> None:
        from engine.teaching.tasks import task_names

        self.task.clear()
        self.task.addItem(self.tr("no task"), "")
        for task in task_names():
            self.task.addItem(task_set_name(task), task)

    def _edited(self) -> None:
        if self._setting:
            return
        sweep = self._model.sweep
        methods = tuple(one for one, chip in self.methods.items() if chip.isChecked())
        sweep.set_choice(
            replace(
                sweep.choice, methods=methods, task=str(self.task.currentData() or ""),
                items=self.items.value(), steps=self.steps.isChecked(),
            )
        )  # fmt: skip

    def _columns(self) -> tuple[Column, ...]:
        cells: list[SweepCell] = list(self._model.sweep.cells.values())
        if self._model.sweep.dense is not None and cells:
            cells.insert(0, self._model.sweep.dense)
        known = [cell.accuracy for cell in cells]
        nan = float("nan")
        return (
            ("method", [cell.method for cell in cells]),
            ("ratio", [cell.ratio for cell in cells]),
            ("zeros", [cell.zeros for cell in cells]),
            ("nll", [cell.loss.nll for cell in cells]),
            ("standard error", [cell.loss.error for cell in cells]),
            ("perplexity", [cell.loss.perplexity for cell in cells]),
            ("accuracy", [nan if one is None else one.share for one in known]),
            ("low", [nan if one is None else one.low for one in known]),
            ("high", [nan if one is None else one.high for one in known]),
            ("seconds", [cell.seconds for cell in cells]),
        )

    def _lay_out(self, content: QWidget) -> None:
        bar = FlowBar(content)
        flow = FlowLayout(bar, 4)
        for chip in self.methods.values():
            flow.addWidget(chip)
        task = QWidget(content)
        row = QHBoxLayout(task)
        row.setContentsMargins(12, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.task_label)
        row.addWidget(self.task)
        row.addWidget(self.items)
        row.addWidget(self.steps)
        flow.addWidget(task)
        self.task_label.setBuddy(self.task)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(bar)
        column.addWidget(self.line)
        column.addWidget(self.kept)
        column.addWidget(self.curves, 1)
        column.addWidget(self.table_card, 0, Qt.AlignmentFlag.AlignTop)


def _figure(cell: SweepCell) -> Bar:
    value = cell.loss.perplexity
    return Bar(cell_text(cell), value, value, value)
