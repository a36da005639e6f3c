"""Implementations of attention side by side: time and memory to read one text of each length."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.context.probe_spec import AttentionTime
from workbench.plots.export import Column
from workbench.services.container import Services
from workbench.services.engine_words import tell
from workbench.viewmodels.context_probe import ProbeModel
from workbench.views.context.words import attention_name
from workbench.views.plot_card import PlotCard, plot_exports
from workbench.widgets.figure_table import FigureColumn, FigureRow, FigureTable


class AttentionTimes(QWidget):
    """A table that hides while nothing was timed."""

    def __init__(
        self,
        services: Services,
        probe: ProbeModel,
        command: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._probe = probe
        self.table = FigureTable(self)
        self.card = PlotCard(
            services, "context-attention", self.table,
            plot_exports(services, self.table, self._columns, command=command), self,
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        self.set_words()

    def set_words(self) -> None:
        """Set the titles again; `refresh` sets the rest."""
        self.card.set_texts(
            self.tr("Implementations of attention"),
            self.tr("Median time to read one text, and what was held besides the weights."),
        )

    def refresh(self) -> None:
        """Show what was timed."""
        times = self._probe.times
        self.setVisible(bool(times))
        if not times:
            return
        lengths = sorted({tokens for _, tokens in times})
        columns = (
            FigureColumn(self.tr("Implementation")),
            *(FigureColumn(self.tr("{n} tokens").format(n=f"{one:,}")) for one in lengths),
            FigureColumn(self.tr("Here")),
        )
        names = dict.fromkeys(name for name, _ in times)
        self.table.set_content(columns, tuple(self._row(name, lengths) for name in names))
        self.table.setMinimumHeight(self.table.sizeHint().height())

    def _row(self, name: str, lengths: list[int]) -> FigureRow:
        found = [self._probe.times.get((name, one)) for one in lengths]
        problem = next((one for one in found if one is not None and one.problem), None)
        said = self.tr("runs") if problem is None else tell(problem.problem)
        tip = "" if problem is None else f"{tell(problem.problem)}\n{tell(problem.hint)}"
        cells = [self._cell(one) for one in found]
        return FigureRow((attention_name(name), *cells, said), tip)

    def _cell(self, one: AttentionTime | None) -> str | None:
        if one is None or one.ms is None:
            return None
        return self.tr("{ms} ms · {mb} MB").format(
            ms=f"{one.ms:.0f}", mb=f"{one.peak_bytes / 1e6:.1f}"
        )

    def _columns(self) -> tuple[Column, ...]:
        times = list(self._probe.times.values())
        nan = float("nan")
        return (
            ("implementation", [one.name for one in times]),
            ("tokens", [float(one.tokens) for one in times]),
            ("ms", [nan if one.ms is None else one.ms for one in times]),
            ("peak bytes", [float(one.peak_bytes) for one in times]),
            ("problem", [one.problem for one in times]),
        )
