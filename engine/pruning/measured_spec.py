"""What every job that prunes and measures is told about its texts. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from engine.errors import BadSpec
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.text_source import TextSource


@dataclass(frozen=True)
class MeasuredSpec(Spec):
    """Base of the specs that calibrate on one text and measure on another.

    Class attributes:
        least_measured: Fewest windows of the evaluation; 0 = it may measure nothing.

    Attributes:
        model: Which model; it comes back as it was.
        calibration: Text whose activations are read.
        evaluation: Text whose loss is measured.
        windows: Windows of calibration.
        length: Tokens per window.
        seed: Which windows are drawn. The evaluation draws others.
        measured: Windows of the evaluation.
    """

    least_measured: ClassVar[int] = 1

    model: ModelRef = field(default_factory=ModelRef)
    calibration: TextSource = field(default_factory=TextSource)
    evaluation: TextSource = field(default_factory=TextSource)
    windows: int = 32
    length: int = 128
    seed: int = 0
    measured: int = 64

    def check(self) -> None:
        if self.windows < 1 or self.length < 8:
            raise BadSpec("The calibration has no tokens.", "Take at least one window of 8 tokens.")
        if self.seed < 0:  # a seed and its negative would draw the same windows
            raise BadSpec(f"The seed {self.seed} is below 0.", "Choose 0 or more.")
        if self.measured < 0:
            raise BadSpec("Fewer than nothing is to be measured.", "Choose 0 or more.")
        if self.measured < self.least_measured:
            raise BadSpec("Nothing is measured.", "Take at least one window of evaluation.")


def check_ratio(ratio: float) -> None:
    """Raise `BadSpec` unless 0 <= ratio < 1."""
    if not 0 <= ratio < 1:
        raise BadSpec(f"A ratio of {ratio:g} cannot be pruned.", "Choose 0 or more, below 1.")


def check_methods(methods: Sequence[str], known: Sequence[str]) -> None:
    """Raise `BadSpec` for no method or one that is not known."""
    if not methods:
        raise BadSpec("No method is chosen.", f"Choose of: {', '.join(known)}.")
    for method in methods:
        if method not in known:
            raise BadSpec(
                f"There is no pruning method “{method}”.", f"Choose of: {', '.join(known)}."
            )
