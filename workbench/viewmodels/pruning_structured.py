"""Whole parts: key-value groups, MLP neurons, layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.errors import BadSpec, EngineError
from engine.inspection.ranking import HeadRanking, save_ranking
from engine.models.reference import ModelRef
from engine.pruning.structured_spec import (
    LayerWidths,
    StructuredResult,
    StructuredSpec,
    Widths,
    Worth,
)
from workbench.viewmodels.job_slot import JobSlot
from workbench.viewmodels.jobs import Jobs
from workbench.viewmodels.pruning_setup import Asked, PruneSetup


@dataclass(frozen=True)
class StructuredChoice:
    """What is cut.

    Attributes:
        groups: Share of the key-value groups.
        neurons: Share of the MLP neurons.
        blocks: Layers to drop.
        experts: Share of the experts of a mixture.
        widths: Every layer alike, or each its own.
        importance: How parts are judged.
        ranking: File of a head ranking that judges the groups instead, or empty.
        compensate: Make up for what is cut by biases.
        speed: Measure tokens per second.
    """

    groups: float = 0.25
    neurons: float = 0.25
    blocks: int = 0
    experts: float = 0.0
    widths: Widths = "uniform"
    importance: Worth = "wifn"
    ranking: str = ""
    compensate: bool = False
    speed: bool = True

    def spec(self, asked: Asked, out: str = "", overwrite: bool = False) -> StructuredSpec:
        """The job; with `out` the smaller model is written there. Raises `BadSpec`."""
        spec = StructuredSpec(
            model=asked.model,
            groups=self.groups,
            neurons=self.neurons,
            blocks=self.blocks,
            experts=self.experts,
            widths=self.widths,
            importance=self.importance,
            ranking=self.ranking,
            compensate=self.compensate,
            **asked.texts(),
            out=out,
            overwrite=overwrite,
        )
        return spec if self.speed else replace(spec, tokens=0)

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file; a ranking is of the moment it was sent."""
        plain: dict[str, object] = msgspec.to_builtins(replace(self, ranking=""))
        return plain

    @classmethod
    def from_plain(cls, data: object) -> StructuredChoice:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            found.spec(Asked(PruneSetup(), ModelRef())).check()
        except (msgspec.ValidationError, BadSpec):
            return cls()
        return found


class StructuredModel(QObject):
    """The job that makes a smaller model.

    Attributes:
        choice: What is cut.
        result: The last finished one, or None.
        spec: What it was asked.

    Signals:
        choice_changed(), changed().
    """

    choice_changed = Signal()
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = JobSlot(jobs, self)
        self.choice = StructuredChoice()
        self.result: StructuredResult | None = None
        self.spec: StructuredSpec | None = None
        self.job.found.connect(self._found)

    def set_choice(self, choice: StructuredChoice) -> None:
        """Cut other parts the next time."""
        if choice != self.choice:
            self.choice = choice
            self.choice_changed.emit()

    def start(self, asked: Asked, out: str = "", overwrite: bool = False) -> bool:
        """Cut and measure; with `out` the smaller model is written there."""
        try:
            spec = self.choice.spec(asked, out, overwrite)
        except EngineError as error:
            self.job.refused.emit(error.report())
            return False
        return self.job.start(spec)

    def forget(self) -> None:
        """Another model."""
        self.job.forget()
        self.result, self.spec = None, None
        self.changed.emit()
        if self.choice.ranking:
            self.set_choice(replace(self.choice, ranking=""))

    def layer(self, number: int) -> LayerWidths | None:
        """What is known of one layer's parts."""
        if self.result is None:
            return None
        return next((one for one in self.result.layers if one.layer == number), None)

    def _found(self, result: object) -> None:
        if isinstance(result, StructuredResult) and isinstance(self.job.spec, StructuredSpec):
            self.result, self.spec = result, self.job.spec
            self.changed.emit()


def keep_ranking(ranking: HeadRanking, folder: Path) -> str:
    """Write a ranking where the job finds it (on a worker); returns the path.

    Raises:
        StoreError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "head-ranking.json"
    save_ranking(ranking, path)
    return str(path)
