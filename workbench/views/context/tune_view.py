"""A little training: the loss while it falls, and the keys found before and after."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.context.probe_spec import ProbeRow
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import Scale
from workbench.plots.curves import LineChart
from workbench.plots.passkey_map import Found, LengthColumn, MethodPanel, PasskeyMap
from workbench.plots.series import Axis, Series
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.services.numbers import duration, file_size
from workbench.viewmodels.context import ContextModel
from workbench.viewmodels.context_command import tune_command
from workbench.views.context.words import method_name, origin, share
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, chart_card, plot_exports
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

SMOOTH = 10


class TuneView(QScrollArea):
    """The verdict, the loss curve, keys before and after side by side.

    Signals:
        run_wanted(): The person wants to begin.
        save_wanted(): The trained copy is to be written into a folder.
    """

    run_wanted = Signal()
    save_wanted = Signal()

    def __init__(
        self,
        services: Services,
        model: ContextModel,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        content = QWidget(self)
        self.begin = QAction(self)
        self.begin.setProperty("icon-name", "play")
        self.empty = EmptyState(services, "context", self.begin, content)
        self.line = JobLine(model.tune.job, content)
        self.verdict = PlainLabel(content)
        self.verdict.setWordWrap(True)
        set_role(self.verdict, "section")
        self.save = QPushButton(content)
        self.save.setObjectName("tune-save")
        services.icons.bind(self.save, "save")
        self.story = PlainLabel(content)
        self.story.setWordWrap(True)
        set_role(self.story, "small")
        self.loss = LineChart(services.theme, parent=content)
        self.loss_card = chart_card(services, "context-loss", self.loss, self.command, content)
        self.map = PasskeyMap(theme, content)
        self.colours = ColourBar(theme, content)
        self.map_card = PlotCard(
            services, "context-before-after", self.map,
            plot_exports(services, self.map, self.map.columns, self.map.arrays, self.command),
            content,
        )  # fmt: skip
        self.map_card.head.insertWidget(1, self.colours)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.verdict, 1)
        head.addWidget(self.save)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.line)
        column.addLayout(head)
        column.addWidget(self.story)
        column.addWidget(self.empty, 1)
        column.addWidget(self.loss_card, 1)
        column.addWidget(self.map_card, 0, Qt.AlignmentFlag.AlignTop)
        self.setWidget(content)
        self.begin.triggered.connect(self.run_wanted)
        self.save.clicked.connect(self.save_wanted)
        model.tune.changed.connect(self.refresh)
        model.tune.job.running_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.begin.setText(self.tr("Train"))
        self.save.setText(self.tr("Train and save…"))
        self.save.setToolTip(
            self.tr("Train again and write the copy, with its scaling, into a folder")
        )
        self.empty.set_text(
            self.tr(
                "A copy of the model reads longer texts for a while with its positions "
                "stretched; the model itself stays as it is."
            )
        )
        self.loss_card.set_texts(self.tr("Loss"))
        self.map_card.set_texts(self.tr("Keys found before and after"))
        self.colours.set_scale(Scale(0.0, 100.0), "%")
        self.refresh()

    def refresh(self) -> None:
        """Show how far it is."""
        tune = self._model.tune
        running = tune.job.running
        has = bool(tune.steps or tune.before)
        self.empty.setVisible(not has and not running)
        self.save.setVisible(has and not running)
        self.loss_card.setVisible(has or running)
        rows = {**tune.before, **tune.after}
        self.map_card.setVisible(bool(rows))
        self._draw()
        self.map.set_panels(
            (
                self._panel(self.tr("before"), tune.before),
                self._panel(self.tr("after"), tune.after),
            ),
            (self.tr("start"), self.tr("end")),
        )
        self.verdict.setText(self._verdict())
        self.story.setText(self._story())
        self.story.setVisible(bool(self.story.text()))

    def command(self) -> str:
        """The command line that trains the same."""
        tune, model = self._model.tune, self._model
        spec = tune.spec
        if spec is None:
            spec = tune.choice.spec(model.ref, model.setup.language)
        return tune_command(spec)

    def _draw(self) -> None:
        steps = self._model.tune.steps
        x = np.array([float(one.step) for one in steps])
        y = np.array([one.loss for one in steps])
        series = [Series(self.tr("each step"), x, y, "line", "series-6", width=1.0)]
        if len(y) >= SMOOTH:
            mean = np.convolve(y, np.ones(SMOOTH) / SMOOTH, "valid")
            name = self.tr("mean of {n}").format(n=SMOOTH)
            series.append(Series(name, x[SMOOTH - 1 :], mean, "line", "series-1", width=2.5))
        self.loss.set_data(
            Axis(self.tr("step"), whole=True),
            Axis(self.tr("loss"), self.tr("nats per token"), log=True),
            tuple(series) if len(x) else (),
        )
        tune = self._model.tune
        if tune.spec is None or not steps:
            return
        text = self.tr(
            "{method} at {factor}×; step {step} of {all}, {tokens} tokens read in {time}"
        )
        self.loss_card.set_note(
            text.format(
                method=method_name(tune.spec.method), factor=f"{tune.spec.factor:g}",
                step=steps[-1].step, all=tune.spec.steps, tokens=f"{steps[-1].tokens:,}",
                time=duration(steps[-1].seconds),
            )
        )  # fmt: skip

    def _panel(self, title: str, rows: dict[int, ProbeRow]) -> MethodPanel:
        tune = self._model.tune
        tokens = sorted({*tune.before, *tune.after})
        columns = []
        for one in tokens:
            row = rows.get(one)
            label = f"{one:,}"
            if row is None:
                columns.append(LengthColumn(label, tip=self.tr("not measured yet")))
                continue
            cells = tuple(Found(cell.right, cell.n) for cell in row.depths)
            tip = self.tr("{n} of {all} keys found; 95 % interval {low} … {high}").format(
                n=row.right, all=row.n, low=share(row.low), high=share(row.high)
            )
            columns.append(
                LengthColumn(
                    label, cells, Found(row.right, row.n), row.low, row.high, "done", tip
                )
            )  # fmt: skip
        return MethodPanel(title, tuple(columns))

    def _verdict(self) -> str:
        tune = self._model.tune
        longest = max({*tune.before, *tune.after}, default=0)
        before, after = tune.before.get(longest), tune.after.get(longest)
        if before is None or after is None:
            return ""
        return self.tr("{a} of the keys before, {b} after, at {tokens} tokens (n = {n})").format(
            a=share(before.passkey), b=share(after.passkey), tokens=f"{longest:,}", n=after.n
        )

    def _story(self) -> str:
        tune = self._model.tune
        result = tune.result
        if result is None:
            if tune.steps and not tune.job.running:
                return self.tr("Stopped: the curve stays, the copy is gone.")
            return ""
        lines = []
        if tune.spec is not None and len(result.steps) < tune.spec.steps:
            lines.append(self.tr("Stopped after {n} steps.").format(n=len(result.steps)))
        if result.out:
            text = self.tr("Saved in {folder} ({size})")
            lines.append(text.format(folder=result.out, size=file_size(result.file_bytes)))
        else:
            lines.append(self.tr("The copy was not kept: Train and save writes one."))
        lines.append(" · ".join(origin(result.provenance)[:2]))
        return "\n".join(lines)
