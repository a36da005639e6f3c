"""What a layer alone costs: one layer is cut, all others stay whole, and the loss is measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.pruning.live_spec import LivePruneSpec, LiveState
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.pruning_live import LiveModel

Cell = tuple[int, float]
"""A layer and its ratio."""
ABOVE: Final = 1e-6
"""A share of whole weights, read back as a number, must not fall below the last of them."""


@dataclass(frozen=True)
class CellLoss:
    """One measured cell.

    Attributes:
        rise: Loss with this layer cut minus the dense loss, nats per token.
        windows: Windows of the same evaluation on both sides.
    """

    rise: float
    windows: int


class CellsModel(QObject):
    """Measures cells one after the other on the copy; then the copy follows the slider again.

    Attributes:
        losses: What was measured, by cell; of the settings in force.

    Signals:
        changed(): A cell was measured, or all were forgotten.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, live: LiveModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self._waiting: list[Cell] = []
        self._now: Cell | None = None
        self._exact: dict[Cell, dict[str, float]] = {}  # a row's matrices differ a little
        self.job = JobSlot(jobs, self)
        self.losses: dict[Cell, CellLoss] = {}
        self.job.found.connect(self._found)
        self.job.ended.connect(self._next)

    def measure_rows(self) -> None:
        """Every layer at the ratio that it has now."""
        state = self._live.state
        cells = []
        for row in self._live.rows():
            if state is not None and row.ratio > 0:
                cell = (row.layer, round(row.ratio, 4))
                own = zip(state.names, state.layers, state.ratios.tolist(), strict=True)
                self._exact[cell] = {name: one for name, layer, one in own if layer == row.layer}
                cells.append(cell)
        self.measure(tuple(cells))

    def measure(self, cells: tuple[Cell, ...]) -> None:
        """Measure these cells, those that are known excepted."""
        fresh = [one for one in cells if one not in self.losses and one != self._now]
        self._waiting += [one for one in fresh if one not in self._waiting]
        if not self.job.running:
            self._next()

    def stop(self) -> None:
        """Measure no further cell."""
        self._waiting.clear()
        self.job.stop()

    def forget(self) -> None:
        """Other settings: what was measured is no longer of them."""
        self._waiting.clear()
        self._exact.clear()
        self._now = None
        self.job.forget()
        if self.losses:
            self.losses = {}
            self.changed.emit()

    def _next(self) -> None:
        had = self._now is not None
        self._now = None
        while self._waiting:
            cell = self._waiting.pop(0)
            spec = self._spec(cell)
            if spec is not None:
                self._now = cell
                self.job.start(spec)
                return
        if had:
            self._live.ask()

    def _spec(self, cell: Cell) -> LivePruneSpec | None:
        asked, state = self._live.asked, self._live.state
        if asked is None or state is None:
            return None
        layer, ratio = cell
        own = [place for place, one in enumerate(state.layers) if one == layer]
        if not own:
            return None  # the click was meant for the model before
        wanted = self._exact.get(cell) or {state.names[place]: ratio for place in own}
        wanted = {name: one + ABOVE for name, one in wanted.items()}
        sizes = dict(zip(state.names, state.sizes.tolist(), strict=True))
        zeros = sum(one * sizes[name] for name, one in wanted.items())
        fixed = dict.fromkeys(state.names, 0.0) | wanted
        del fixed[state.names[own[-1]]]  # it takes what is left, which is exactly its share
        try:
            spec = asked.live(zeros / sum(sizes.values()), fixed, asked.setup.measured)
        except EngineError as error:
            self.job.refused.emit(error.report())
            return None
        return replace(spec, allocation="uniform")

    def _found(self, result: object) -> None:
        if not isinstance(result, LiveState) or self._now is None:
            return
        if result.dense is not None and result.pruned is not None:
            rise = result.pruned.nll - result.dense.nll
            self.losses[self._now] = CellLoss(rise, result.dense.windows)
            self.changed.emit()
