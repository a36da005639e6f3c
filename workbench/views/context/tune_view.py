"""A little training: the loss while it falls, and the keys found before and after."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.context.probe_spec import ProbeRow
from engine.models.reference import ModelRef
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import Scale
from workbench.plots.curves import LineChart
from workbench.plots.passkey_map import Found, LengthColumn, MethodPanel, PasskeyMap
from workbench.plots.series import Axis, Series
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.services.engine_words import tell
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
        anew_wanted(): The person wants to begin anew, and drop what is kept.
        save_wanted(): The trained copy is to be written into a folder.
    """

    run_wanted = Signal()
    anew_wanted = Signal()
    save_wanted = Signal()

    def __init__(
        self,
        services: Services,
        model: ContextModel,
        theme: PlotTheme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
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
        self.save = self._button(content, "tune-save", "save")
        self.anew = self._button(content, "tune-anew", "refresh")
        self.load = self._button(content, "tune-load", "models")
        self.folder = self._button(content, "tune-folder", "folder")
        self.problem = PlainLabel(content)
        self.problem.setWordWrap(True)
        set_role(self.problem, "bad")
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
        head.addStretch()
        for button in (self.load, self.folder, self.save, self.anew):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.line)
        column.addLayout(head)
        column.addWidget(self.story)
        column.addWidget(self.problem)
        column.addWidget(self.empty, 1)
        column.addWidget(self.loss_card, 1)
        column.addWidget(self.map_card, 0, Qt.AlignmentFlag.AlignTop)
        self.setWidget(content)
        self.begin.triggered.connect(self.run_wanted)
        self.save.clicked.connect(self.save_wanted)
        self.anew.clicked.connect(self.anew_wanted)
        self.load.clicked.connect(self._load)
        self.folder.clicked.connect(self._open_folder)
        model.tune.changed.connect(self.refresh)
        model.tune.looked.connect(self.refresh)
        model.tune.job.running_changed.connect(self.refresh)
        model.tune.job.ended.connect(self._look)
        model.tune.choice_changed.connect(self._look)
        model.setup_changed.connect(self._look)
        model.described.connect(self._look)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.begin.setText(self.tr("Train"))
        self.anew.setText(self.tr("Start over"))
        self.anew.setToolTip(self.tr("Drop what is trained so far and begin with the first step"))
        self.load.setText(self.tr("Load this model"))
        self.load.setToolTip(self.tr("Work with the longer model on every page"))
        self.folder.setText(self.tr("Show folder"))
        self.empty.set_text(
            self.tr(
                "A copy of the model reads longer texts for a while with its positions "
                "stretched; the model itself stays as it is. Stop keeps what is trained."
            )
        )
        self.loss_card.set_texts(self.tr("Loss"))
        self.map_card.set_texts(
            self.tr("Keys found before and after"),
            self.tr("Before: the positions are stretched and nothing is trained yet."),
        )
        self.colours.set_scale(Scale(0.0, 100.0), "%")
        self.refresh()

    def refresh(self) -> None:
        """Show how far it is."""
        tune = self._model.tune
        running = tune.job.running
        has = bool(tune.steps or tune.before)
        self.empty.setVisible(not has and not running)
        self._show_buttons(running)
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
        self.verdict.setVisible(bool(self.verdict.text()))
        self.story.setText(self._story())
        self.story.setVisible(bool(self.story.text()))
        problem = tune.problem
        self.problem.setVisible(problem is not None)
        if problem is not None:
            self.problem.setText(f"{tell(problem.message)} {tell(problem.hint)}".strip())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def command(self) -> str:
        """The command line that trains the same."""
        tune, model = self._model.tune, self._model
        spec = tune.spec
        if spec is None:
            spec = tune.choice.spec(model.ref, model.setup.language)
        return tune_command(spec)

    def _button(self, parent: QWidget, name: str, icon: str) -> QPushButton:
        button = QPushButton(parent)
        button.setObjectName(name)
        self._services.icons.bind(button, icon)
        return button

    def _show_buttons(self, running: bool) -> None:
        """What can be done with the training on the screen."""
        tune = self._model.tune
        written = tune.result is not None and bool(tune.result.out)
        some = bool(tune.steps) and not running
        self.load.setVisible(some and written and tune.result is not None and tune.result.loadable)
        self.folder.setVisible(some and written)
        self.save.setVisible(some and not written)
        self.save.setText(self.tr("Save…") if tune.whole else self.tr("Save what is trained…"))
        self.save.setToolTip(
            self.tr("Write the copy, with its scaling, into a folder; nothing is trained again")
        )
        self.anew.setVisible(some and tune.kept is not None)

    def _look(self) -> None:
        """Ask what the training takes and what is kept of it, while it is on the screen."""
        if self.isVisible() and not self._model.tune.job.running:
            self._model.tune.look(self._model.ref, self._model.setup.language)

    def _load(self) -> None:
        result = self._model.tune.result
        if result is not None and result.out:
            self._services.model.choose(ModelRef(result.out))

    def _open_folder(self) -> None:
        result = self._model.tune.result
        if result is not None and result.out:
            QDesktopServices.openUrl(QUrl.fromLocalFile(result.out))

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
        parts = [
            text.format(
                method=method_name(tune.spec.method), factor=f"{tune.spec.factor:g}",
                step=steps[-1].step, all=tune.spec.steps, tokens=f"{steps[-1].tokens:,}",
                time=duration(steps[-1].seconds),
            )
        ]  # fmt: skip
        if tune.job.running and tune.speed():
            parts.append(self.tr("{n} tokens/s").format(n=f"{tune.speed():,.0f}"))
            left = tune.time_left()
            if left is not None:
                parts.append(self.tr("about {time} left").format(time=duration(left)))
        self.loss_card.set_note(" · ".join(parts))

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
        text = self.tr(
            "{a} of the keys before ({low} … {high}), {b} after ({least} … {most}), at {tokens} "
            "tokens (n = {n})"
        )
        return text.format(
            a=share(before.passkey), low=share(before.low), high=share(before.high),
            b=share(after.passkey), least=share(after.low), most=share(after.high),
            tokens=f"{longest:,}", n=after.n,
        )  # fmt: skip

    def _story(self) -> str:
        tune = self._model.tune
        if tune.job.running or not tune.steps or tune.spec is None:
            return ""
        lines = []
        if not tune.whole:
            text = self.tr(
                "{n} of {all} steps are trained and kept: Resume goes on from there, and what is "
                "trained can be saved as a model (stretched {factor} times so far)."
            )
            lines.append(
                text.format(
                    n=len(tune.steps), all=tune.spec.steps,
                    factor=f"{tune.spec.stretch(len(tune.steps)):.3g}",
                )
            )  # fmt: skip
        result = tune.result
        if result is None:
            if tune.whole:
                lines.append(self.tr("Trained and kept; not saved as a model yet."))
            return "\n".join(lines)
        if result.out:
            text = self.tr("Saved in {folder} ({size}); read back: {same}")
            same = (
                self.tr("bit for bit the trained model")
                if not result.difference
                else self.tr("logits differ by {n} at most").format(n=f"{result.difference:.0e}")
            )
            lines.append(
                text.format(folder=result.out, size=file_size(result.file_bytes), same=same)
            )
            if not result.loadable:
                lines.append(self.tr("An adapter alone: peft loads it beside its base model."))
        elif tune.whole:
            lines.append(self.tr("Trained and kept; not saved as a model yet."))
        lines.append(" · ".join(origin(result.provenance)[:2]))
        return "\n".join(lines)
