"""Which method still finds keys at which length: the map, the figures, perplexity and cost."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from engine.context.probe_spec import ProbeRow
from workbench.plots.colour_bar import ColourBar
from workbench.plots.colour_maps import Scale
from workbench.plots.export import Column
from workbench.plots.passkey_map import Found, LengthColumn, MethodPanel, PasskeyMap, State
from workbench.plots.theme import PlotTheme
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.services.numbers import duration
from workbench.viewmodels.context import ContextModel
from workbench.viewmodels.context_command import probe_command
from workbench.viewmodels.context_probe import ProbeModel
from workbench.views.context.attention_times import AttentionTimes
from workbench.views.context.charts import CostCharts
from workbench.views.context.words import (
    attention_name,
    cache_name,
    keys,
    length_name,
    method_hint,
    method_name,
    origin,
    perplexity,
    share,
)
from workbench.views.job_line import JobLine
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.widgets.empty_state import EmptyState
from workbench.widgets.figure_table import Bar, FigureColumn, FigureRow, FigureTable
from workbench.widgets.fold import set_role
from workbench.widgets.plain import PlainLabel

REFRESH_MS = 80


class MeasureView(QScrollArea):
    """The verdict in one sentence, then the evidence.

    Signals:
        run_wanted(): The person wants to begin.
    """

    run_wanted = Signal()

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
        self.line = JobLine(model.probe.job, content)
        self.twin_line = JobLine(model.twin.job, content)
        self.search_line = JobLine(model.divisors, content)
        self.verdict = PlainLabel(content)
        self.verdict.setWordWrap(True)
        set_role(self.verdict, "section")
        self.kept = PlainLabel(content)
        self.kept.setWordWrap(True)
        set_role(self.kept, "small")
        self.map = PasskeyMap(theme, content)
        self.colours = ColourBar(theme, content)
        self.map_card = PlotCard(
            services, "context-keys", self.map,
            plot_exports(services, self.map, self.map.columns, self.map.arrays, self.command),
            content,
        )  # fmt: skip
        self.map_card.head.insertWidget(1, self.colours)
        self.table = FigureTable(content)
        self.table_card = PlotCard(
            services, "context-figures", self.table,
            plot_exports(services, self.table, self._columns, command=self.command), content,
        )  # fmt: skip
        self.attention = AttentionTimes(services, model.probe, self.command, content)
        self.charts = CostCharts(services, model, self.command, content)
        self._lay_out(content)
        self.setWidget(content)
        self.begin.triggered.connect(self.run_wanted)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        for probe in (model.probe, model.twin):
            probe.changed.connect(self._soon)
            probe.job.running_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text again."""
        self.begin.setText(self.tr("Measure"))
        self.empty.set_text(
            self.tr("Keys are hidden in texts of every length: see which method still finds them.")
        )
        self.map_card.set_texts(self.tr("Keys found, by length and depth"))
        self.table_card.set_texts(
            self.tr("Every figure"),
            self.tr("Bars: keys found. Whiskers: Wilson's 95 % interval."),
        )
        self.colours.set_scale(Scale(0.0, 100.0), "%")
        self.attention.set_words()
        self.charts.set_words()
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Show the rows that there are."""
        probe = self._model.probe
        running = probe.job.running
        has = bool(probe.rows or probe.reports or self._model.twin.rows)
        self.empty.setVisible(not has and not running)
        for part in (self.map_card, self.table_card, self.charts):
            part.setVisible(bool(has or running))
        shown = self._shown()
        panels = tuple(self._panel(one, method) for one, method in shown)
        self.map.set_panels(panels, (self.tr("start"), self.tr("end")))
        self.map_card.set_note(self._note(), self._origin())
        self._fill_table(shown)
        self.verdict.setText(self._verdict())
        self.verdict.setVisible(bool(self.verdict.text()))
        self.kept.setText(self._kept(has, running))
        self.kept.setVisible(bool(self.kept.text()))
        self.attention.refresh()
        self.charts.refresh()

    def _shown(self) -> list[tuple[ProbeModel, str]]:
        """Every method of this model, then of the twin that it is compared with."""
        return [
            (probe, method)
            for probe in (self._model.probe, self._model.twin)
            for method in probe.methods()
        ]

    def _kept(self, has: bool, running: bool) -> str:
        """What is known already, and what is missing."""
        probe = self._model.probe
        if not has or running or probe.spec is None or probe.provenance is not None:
            return ""
        left = probe.left()
        if probe.recalled:
            text = self.tr("Measured before and kept: {n} of {all} cells. Measure does the rest.")
            done = sum(row.complete for row in probe.rows.values())
            return text.format(n=done, all=done + left)
        if not left:
            return ""
        return self.tr("Stopped: what was measured stays. Missing cells: {n}.").format(n=left)

    def _soon(self) -> None:
        """Rows may come faster than charts can be drawn."""
        if not self._later.isActive():
            self._later.start()

    def command(self) -> str:
        """The command line that measures the same."""
        probe, model = self._model.probe, self._model
        spec = probe.spec if probe.spec is not None else model.setup.probe(model.ref)
        return probe_command(spec)

    # Words

    def _verdict(self) -> str:
        """The method that holds farthest, and what direct extrapolation does there."""
        probe = self._model.probe
        best = probe.best()
        if best is None:
            longer = [r for r in probe.rows.values() if r.complete and r.tokens > probe.trained]
            if not longer or probe.left():
                return ""
            return self.tr("No method finds 80 % of the keys beyond the trained length.")
        text = self.tr("{method} holds at {length}: {share} of {n} keys found").format(
            method=method_name(best.method), length=length_name(best.length),
            share=share(best.passkey), n=best.n,
        )  # fmt: skip
        direct = probe.rows.get(("direct", best.length))
        if direct is None or not direct.n or best.method == "direct":
            return text
        other = self.tr("direct {share} of {n}")
        return f"{text} · {other.format(share=share(direct.passkey), n=direct.n)}"

    def _note(self) -> str:
        probe = self._model.probe
        if probe.spec is None:
            return ""
        spec = probe.spec
        text = self.tr(
            "{model}, trained on {trained} tokens; at most {most} keys a cell, {needles} in one "
            "text, seed {seed}; a cell ends at an interval of {width}"
        )
        told = text.format(
            model=spec.model.id, trained=probe.trained or "…", most=spec.most,
            needles=spec.needles, seed=spec.seed, width=share(spec.width),
        )  # fmt: skip
        extra = [
            cache_name(spec.cache) if spec.cache != "full" else "",
            attention_name(spec.attention) if spec.attention != "auto" else "",
        ]
        return "; ".join([told, *(one for one in extra if one)])

    def _origin(self) -> str:
        probe = self._model.probe
        lines = [self.tr("A key counts when each of its digits is the likeliest token.")]
        if probe.provenance is not None:
            lines += origin(probe.provenance)
            lines.append(self.tr("measured in {time}").format(time=duration(probe.seconds)))
        return "\n".join(lines)

    def _tip(self, row: ProbeRow) -> str:
        if row.problem:
            return f"{tell(row.problem)}\n{tell(row.hint)}"
        lines = [
            self.tr("{n} of {all} keys found; 95 % interval {low} … {high}").format(
                n=row.right, all=row.n, low=share(row.low), high=share(row.high)
            )
            if row.n
            else self.tr("no keys asked for")
        ]
        if row.perplexity is not None:
            text = self.tr("perplexity {value} over {n} tokens")
            lines.append(text.format(value=perplexity(row.perplexity), n=row.scored))
        lines.append(
            self.tr("{tokens} tokens, factor {factor}").format(
                tokens=row.tokens, factor=f"{row.factor:g}"
            )
        )
        if row.peak_bytes:
            lines.append(
                self.tr("{cache} MB of keys and values, {peak} MB at the peak").format(
                    cache=f"{row.kv_bytes / 1e6:.1f}", peak=f"{row.peak_bytes / 1e6:.1f}"
                )
            )
        if row.stored:
            lines.append(self.tr("measured before, and kept"))
        if row.same_as:
            text = self.tr("the very same frequencies as {method} here: its figures")
            lines.append(text.format(method=method_name(row.same_as)))
        if row.stopped_early:
            lines.append(self.tr("ended early: the interval was narrow enough"))
        return "\n".join(lines)

    # Figures

    def _name(self, probe: ProbeModel, method: str) -> str:
        """A method, of the twin with the twin's name."""
        if probe is self._model.probe or probe.spec is None:
            return method_name(method)
        return f"{method_name(method)} · {probe.spec.model.id}"

    def _panel(self, probe: ProbeModel, method: str) -> MethodPanel:
        name = self._name(probe, method)
        refused = probe.refused(method)
        if refused is not None:
            return MethodPanel(name, (), tell(refused.problem))
        columns = tuple(self._column(probe, method, length) for length in probe.lengths())
        return MethodPanel(name, columns)

    def _column(self, probe: ProbeModel, method: str, length: str) -> LengthColumn:
        row = probe.rows.get((method, length))
        if row is None:
            return LengthColumn(length_name(length), tip=self.tr("not measured yet"))
        if row.problem:
            return LengthColumn(length_name(length), state="done", tip=self._tip(row))
        state: State = "done" if row.complete else "running"
        if not probe.job.running:
            state = "done"
        cells = tuple(
            Found(
                one.right, one.n,
                self.tr("depth {depth}: {right} of {n}").format(
                    depth=share(one.depth), right=one.right, n=one.n
                ),
            )
            for one in row.depths
        )  # fmt: skip
        return LengthColumn(
            length_name(length), cells, Found(row.right, row.n), row.low, row.high, state,
            self._tip(row),
        )  # fmt: skip

    def _fill_table(self, shown: list[tuple[ProbeModel, str]]) -> None:
        lengths = self._model.probe.lengths() or self._model.twin.lengths()
        columns = (
            FigureColumn(self.tr("Method")),
            *(
                FigureColumn(length_name(one), self.tr("share of the keys found"), "amount")
                for one in lengths
            ),
        )
        rows = tuple(self._row(probe, method, lengths) for probe, method in shown)
        self.table.set_content(columns, rows)

    def _row(self, probe: ProbeModel, method: str, lengths: tuple[str, ...]) -> FigureRow:
        named = self._name(probe, method)
        refused = probe.refused(method)
        if refused is not None:
            tip = f"{tell(refused.problem)}\n{tell(refused.hint)}"
            name = self.tr("{method} (not applicable)").format(method=named)
            return FigureRow((name, *(None for _ in lengths)), tip)
        cells: list[str | Bar | None] = [named]
        tips = [method_hint(method)]
        for length in lengths:
            row = probe.rows.get((method, length))
            if row is None or not row.n:
                cells.append(None)
                continue
            cells.append(Bar(keys(row), row.passkey, row.low, row.high))
            tips.append(f"{length_name(length)}: {self._tip(row).splitlines()[0]}")
        best = self._model.probe.best()
        strong = best is not None and best.method == method and probe is self._model.probe
        return FigureRow(tuple(cells), "\n".join(tips), strong)

    def _columns(self) -> tuple[Column, ...]:
        found = [(probe, row) for probe, name in self._shown() for row in probe.curve(name)]
        rows = [row for _, row in found]
        nan = float("nan")
        return (
            ("model", [probe.spec.model.id if probe.spec else "" for probe, _ in found]),
            ("method", [row.method for row in rows]),
            ("length", [row.length for row in rows]),
            ("tokens", [float(row.tokens) for row in rows]),
            ("factor", [row.factor for row in rows]),
            ("found", [float(row.right) for row in rows]),
            ("n", [float(row.n) for row in rows]),
            ("share", [row.passkey if row.n else nan for row in rows]),
            ("low", [row.low for row in rows]),
            ("high", [row.high for row in rows]),
            ("perplexity", [nan if row.perplexity is None else row.perplexity for row in rows]),
            ("scored tokens", [float(row.scored) for row in rows]),
            ("seconds", [row.seconds for row in rows]),
            ("kv bytes", [float(row.kv_bytes) for row in rows]),
            ("kv bytes forecast", [float(row.forecast_bytes) for row in rows]),
            ("peak bytes", [float(row.peak_bytes) for row in rows]),
            ("problem", [row.problem for row in rows]),
        )

    def _lay_out(self, content: QWidget) -> None:
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        top = QGridLayout()
        top.setSpacing(4)
        top.addWidget(self.verdict, 0, 0)
        top.addWidget(self.kept, 1, 0)
        lines = QVBoxLayout()
        lines.setSpacing(0)  # those that are at rest take no room
        for line in (self.line, self.twin_line, self.search_line):
            lines.addWidget(line)
        column.addLayout(lines)
        column.addLayout(top)
        column.addWidget(self.empty, 1)
        column.addWidget(self.map_card, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.table_card, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.attention, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.charts)
        column.addStretch(1)
