"""The search for a model's own score, as a value. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.errors import BadSpec
from engine.pruning.measured_spec import MeasuredSpec, check_ratio
from engine.pruning.prune_spec import Loss
from engine.pruning.recipe import PRESETS, Group, Mode, Recipe


@dataclass(frozen=True)
class TuneSpec(MeasuredSpec):
    """Find the best (mode, u, a, group) for one ratio. The result is a `TuneResult`.

    The named presets always take part. The calibration text is read once; each candidate is
    a threshold and a measurement, published as a `Candidate` when it is done.

    Attributes:
        ratio: Share of zeros.
        modes: Normalisations to try.
        magnitudes: Exponents u of the magnitude.
        activations: Exponents a of the input's norm.
        groups: Groups of comparison.
    """

    kind: ClassVar[str] = "prune-tune"

    measured: int = 128
    ratio: float = 0.5
    modes: tuple[Mode, ...] = ("none", "row+col")
    magnitudes: tuple[float, ...] = (1.0,)
    activations: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
    groups: tuple[Group, ...] = ("row", "matrix")

    def title(self) -> str:
        return f"Tune the pruning of {self.model.id}"

    def check(self) -> None:
        super().check()
        check_ratio(self.ratio)
        if self.measured < 2:
            raise BadSpec(
                "One window cannot both choose a score and judge it.", "Measure 2 windows or more."
            )
        for _name, recipe in self.candidates():
            recipe.check()

    def candidates(self) -> list[tuple[str, Recipe]]:
        """Every score to try, presets first, each once; (name or empty, score)."""
        named = {recipe: name for name, recipe in PRESETS.items()}
        tried = dict.fromkeys(named)
        for mode in self.modes:
            for u in self.magnitudes:
                for a in self.activations:
                    for group in self.groups:
                        if u or a:
                            tried[Recipe(mode, u, a, group)] = None
        return [(named.get(recipe, ""), recipe) for recipe in tried]


@dataclass(frozen=True)
class Candidate:
    """One score, tried.

    Attributes:
        name: The preset's name, or empty.
        recipe: The score.
        chosen: Loss on the windows by which the candidates are ranked.
        judged: Loss on the other windows, which had no part in the choice.
        behind: Loss above that of the best one on these windows, nats per token.
        behind_error: Standard error of that difference, paired by window.
        zeros: Share of zeros.
        seconds: What it took.
    """

    name: str
    recipe: Recipe
    chosen: Loss
    judged: Loss
    zeros: float
    seconds: float
    behind: float = 0.0
    behind_error: float = 0.0


@dataclass(frozen=True)
class TuneResult:
    """All candidates, best first.

    Attributes:
        model: Its name.
        ratio: The ratio asked for.
        candidates: By the loss on the windows of choice; of equals, a preset first.
        dense: Loss of the dense model on the windows that had no part in the choice.
        calibration_sha256: Of the calibration's token ids.
        evaluation_sha256: Of the evaluation's, both halves.
        length: Tokens per window.
        seconds: What all of it took, without loading.
    """

    model: str
    ratio: float
    candidates: tuple[Candidate, ...]
    dense: Loss
    calibration_sha256: str
    evaluation_sha256: str
    length: int
    seconds: float

    @property
    def best(self) -> Candidate:
        """The candidate of the least loss on the windows of choice."""
        return self.candidates[0]
