"""Many methods at many ratios, as a value. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from engine.errors import BadSpec
from engine.prompting.elements import Language
from engine.pruning.measured_spec import MeasuredSpec, check_methods, check_ratio
from engine.pruning.prune_spec import METHODS, Loss, check_allocation, ranked_by
from engine.pruning.recipe import Recipe

DENSE: Final = "dense"
"""Stands for the method of the cell in which nothing is pruned."""
RATIOS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class SweepPruneSpec(MeasuredSpec):
    """Curves of loss against ratio. The result is a `SweepResult`.

    Each finished `SweepCell` is on disk before it is published: a stopped sweep keeps what it has
    measured, and the same spec submitted again measures only the rest. All ratios of a method
    come from one reading of the calibration text by the dense model.

    Attributes:
        methods: Of `engine.pruning.prune_spec.METHODS`.
        recipe: The score of the method “custom”.
        ratios: Shares of zeros; the dense model is always measured too, once.
        allocation: How the zeros are shared among the layers.
        task: A teaching task whose accuracy is measured too, or empty.
        language: Of its items.
        items: How many of them.
        steps: Ask for the steps before the answer (zero-shot chain of thought).
        afresh: Forget what is on disk of this sweep.
    """

    kind: ClassVar[str] = "prune-sweep"

    methods: tuple[str, ...] = ("magnitude", "wanda", "ria")
    recipe: Recipe = field(default_factory=Recipe)
    ratios: tuple[float, ...] = RATIOS
    allocation: str = "uniform"
    task: str = ""
    language: Language = "en"
    items: int = 100
    steps: bool = False
    afresh: bool = False

    def title(self) -> str:
        return f"Sweep the pruning of {self.model.id}"

    def check(self) -> None:
        super().check()
        check_methods(self.methods, METHODS)
        if not self.ratios:
            raise BadSpec("No ratio is chosen.", "Choose 0 or more, below 1.")
        for ratio in self.ratios:
            check_ratio(ratio)
        check_allocation(self.allocation)
        if self.task:
            self._check_task()
        self.recipe.check()

    def scored_by(self, method: str) -> Recipe:
        """The recipe of one of the methods; see `ranked_by`."""
        return ranked_by(method, self.recipe)

    def _check_task(self) -> None:
        from engine.teaching.tasks import task_names

        if self.task not in task_names():
            raise BadSpec(
                f"There is no task “{self.task}”.", f"Choose one of: {', '.join(task_names())}."
            )
        if not 1 <= self.items <= 2000:
            raise BadSpec(
                f"{self.items} items per task cannot be read.", "Choose 1 to 2000 items per task."
            )


@dataclass(frozen=True)
class Accuracy:
    """Items answered rightly.

    Attributes:
        right: How many.
        items: Of how many.
        low: Lower end of Wilson's 95 % interval.
        high: Its upper end.
    """

    right: int
    items: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share answered rightly."""
        return self.right / self.items


@dataclass(frozen=True)
class SweepCell:
    """A model pruned by one method at one ratio, and measured.

    Attributes:
        method: Its name; `DENSE` for the model as it is.
        ratio: The ratio asked for.
        zeros: Share of zeros that it got.
        loss: On the evaluation's windows.
        accuracy: On the items of the task, or None.
        seconds: What pruning and measuring took.
        stored: Read from disk, not measured now.
    """

    method: str
    ratio: float
    zeros: float
    loss: Loss
    accuracy: Accuracy | None
    seconds: float
    stored: bool = False


@dataclass(frozen=True)
class SweepResult:
    """All cells of a sweep.

    Attributes:
        model: Its name.
        dense: The model as it is.
        cells: By method, then by ratio, as the spec names them.
        task: The task of the accuracies, or empty.
        calibration_sha256: Of the calibration's token ids.
        evaluation_sha256: Of the evaluation's.
        length: Tokens per window.
        calibrate_seconds: What reading the calibration text took, all methods together.
    """

    model: str
    dense: SweepCell
    cells: tuple[SweepCell, ...]
    task: str
    calibration_sha256: str
    evaluation_sha256: str
    length: int
    calibrate_seconds: float = 0.0

    def curve(self, method: str) -> tuple[SweepCell, ...]:
        """The cells of one method by growing ratio, from the dense one."""
        own = sorted((c for c in self.cells if c.method == method), key=_ratio)
        return (self.dense, *own)


def _ratio(cell: SweepCell) -> float:
    return cell.ratio
