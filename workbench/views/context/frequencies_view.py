"""What each method does to the model's frequencies, read back from the live module."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engine.context.probe_spec import MethodReport
from workbench.plots.curves import LineChart
from workbench.plots.export import Column
from workbench.plots.series import Axis, Marker, Series, short
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.context import SURVEYED, ContextModel
from workbench.viewmodels.context_command import probe_command
from workbench.viewmodels.context_probe import ProbeModel
from workbench.views.context.charts import look
from workbench.views.context.words import method_hint, method_name
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.figure_table import FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel


class FrequenciesView(QScrollArea):
    """Wavelengths before and after, and a line per method.

    Signals:
        run_wanted(): The person wants the frequencies to be read.
    """

    run_wanted = Signal()

    def __init__(
        self, services: Services, model: ContextModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.begin = QAction(self)
        self.begin.setProperty("icon-name", "play")
        self.empty = EmptyState(services, "context", self.begin, content)
        self.line = JobLine(model.survey.job, content)
        self.story = PlainLabel(content)
        self.story.setWordWrap(True)
        set_role(self.story, "section")
        self.chart = LineChart(services.theme, parent=content)
        self.card = chart_card(services, "context-wavelengths", self.chart, self.command, content)
        self.table = FigureTable(content)
        self.table_card = PlotCard(
            services, "context-methods", self.table,
            plot_exports(services, self.table, self._columns, command=self.command), content,
        )  # fmt: skip
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.line)
        column.addWidget(self.empty, 1)
        column.addWidget(self.story)
        column.addWidget(self.card, 1)
        column.addWidget(self.table_card, 0, Qt.AlignmentFlag.AlignTop)
        column.addStretch()  # where there are no curves, the sentence stays on top
        self.setWidget(content)
        self.begin.triggered.connect(self.run_wanted)
        for source in (model.probe, model.survey):
            source.changed.connect(self.refresh)
            source.job.running_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.begin.setText(self.tr("Read frequencies"))
        self.empty.set_text(
            self.tr("See which waves of the model turned in training, and what each method does.")
        )
        self.card.set_texts(self.tr("Wavelength of each pair"))
        self.table_card.set_texts(self.tr("Every method"))
        self.refresh()

    def source(self) -> ProbeModel:
        """What is shown: the survey once there was one, else the reports of the probe."""
        return self._model.survey if self._model.survey.reports else self._model.probe

    def refresh(self) -> None:
        """Draw what was read."""
        source = self.source()
        has = bool(source.reports)
        self.empty.setVisible(not has and not self._model.survey.job.running)
        for part in (self.card, self.table_card, self.story):
            part.setVisible(has)
        if not has:
            return
        self.card.setVisible(bool(len(source.inv_freq)))
        self._draw(source)
        self._fill(source)
        self.story.setText(self._story(source))

    def command(self) -> str:
        """The command line that reads the same."""
        spec = self.source().spec
        model = self._model
        if spec is None:
            spec = model.setup.survey(model.ref, model.setup.factor or SURVEYED)
        return probe_command(spec)

    def _draw(self, source: ProbeModel) -> None:
        own = source.inv_freq
        pairs = np.arange(len(own), dtype=np.float64)
        series = [
            Series(self.tr("as trained"), pairs, waves(own), "line", "text", width=3.0),
        ]
        for number, method in enumerate(source.reports):
            report = source.reports[method]
            if changed(report, source):
                style, role = look(number)
                y = waves(report.inv_freq)
                series.append(Series(method_name(method), pairs[: len(y)], y, style, role))
        markers = []
        if source.trained:
            markers.append(Marker(float(source.trained), self.tr("trained length"), True))
            slow = pairs[waves(own) > source.trained]
            if len(slow):
                markers.append(
                    Marker(float(slow[0]) - 0.5, self.tr("from here never a whole turn"))
                )
        self.chart.set_data(
            Axis(self.tr("pair of dimensions"), whole=True),
            Axis(self.tr("wavelength"), self.tr("tokens"), log=True), tuple(series),
            tuple(markers),
        )  # fmt: skip
        same = [
            method_name(name)
            for name, one in source.reports.items()
            if not one.problem and name != "direct" and not changed(one, source)
        ]
        text = self.tr("Read back from the live module. Frequencies untouched by: {names}")
        note = text.format(names=", ".join(same)) if same else self.tr("Read back from the module.")
        self.card.set_note(note)

    def _story(self, source: ProbeModel) -> str:
        own = source.inv_freq
        if not len(own):
            return self.tr("This model has no rotation: there are no frequencies to change.")
        if not source.trained:
            return ""
        slow = int((waves(own) > source.trained).sum())
        text = self.tr(
            "{slow} of {all} pairs never made a whole turn within the {trained} tokens of "
            "training: beyond, they show angles that the model has not seen."
        )
        return text.format(slow=slow, all=len(own), trained=source.trained)

    def _fill(self, source: ProbeModel) -> None:
        columns = (
            FigureColumn(self.tr("Method")),
            FigureColumn(self.tr("Factor"), self.tr("target length over trained length")),
            FigureColumn(self.tr("Slowest wave"), self.tr("tokens per turn of the last pair")),
            FigureColumn(self.tr("Temperature"), self.tr("factor on cos and sin")),
            FigureColumn(
                self.tr("Cache"),
                self.tr("largest change of a logit when a text is read in two parts"),
            ),
            FigureColumn(self.tr("Swap"), self.tr("putting it in force and back, median of five")),
            FigureColumn(self.tr("Rule of attention")),
        )
        self.table.set_content(columns, tuple(self._row(one) for one in source.reports.values()))
        self.table.setMinimumHeight(self.table.sizeHint().height())

    def _row(self, report: MethodReport) -> FigureRow:
        name = method_name(report.name)
        if report.problem:
            told = f"{tell(report.problem)}\n{tell(report.hint)}"
            return FigureRow((name, self.tr("not applicable"), None, None, None, None, None), told)
        slowest = short(float(waves(report.inv_freq)[-1])) if len(report.inv_freq) else None
        cache: str | None = None
        if report.cache_gap is not None:
            stale = "" if report.keeps_cache else self.tr(" · goes stale")
            cache = f"{short(report.cache_gap)}{stale}"
        return FigureRow(
            (
                name, f"{report.factor:g}×", slowest, f"{report.attention:.3f}", cache,
                f"{report.swap_ms:.1f} ms", report.parameters or None,
            ),
            method_hint(report.name),
        )  # fmt: skip

    def _columns(self) -> tuple[Column, ...]:
        reports = list(self.source().reports.values())
        nan = float("nan")
        gaps = [nan if one.cache_gap is None else one.cache_gap for one in reports]
        return (
            ("method", [one.name for one in reports]),
            ("factor", [one.factor for one in reports]),
            ("temperature", [one.attention for one in reports]),
            ("cache gap", gaps),
            ("swap ms", [one.swap_ms for one in reports]),
            ("rules", [one.parameters for one in reports]),
            ("problem", [one.problem for one in reports]),
        )


def waves(inv_freq: np.ndarray) -> np.ndarray:
    """Tokens per turn, ``[pairs]``."""
    found: np.ndarray = 2 * np.pi / np.maximum(inv_freq, 1e-300)
    return found


def changed(report: MethodReport, source: ProbeModel) -> bool:
    """Whether a method in force has other frequencies than the model's own."""
    own = source.inv_freq
    if report.problem or len(report.inv_freq) != len(own):
        return False
    return not np.array_equal(report.inv_freq, own)
