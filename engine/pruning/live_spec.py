"""Pruning under a slider: what is asked at each move, and what comes back. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.models.reference import LoadOptions, ModelRef
from engine.pruning.measured_spec import MeasuredSpec, check_ratio
from engine.pruning.prune_spec import CUSTOM, Loss, check_allocation
from engine.pruning.recipe import Recipe, recipe_of

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance

PRUNED: Final = "pruned"
"""The state of a model's copy that the slider cuts; the plain copy stays whole."""


@dataclass(frozen=True)
class LivePruneSpec(MeasuredSpec):
    """Cut the pruned copy of a model to a ratio; 0 puts every weight back.

    The first one calibrates; the next with the same text and score only moves a threshold. With
    `measured` 0 that is all it does.

    Attributes:
        model: The pruned copy: its options name the state `PRUNED`.
        method: A preset's name, or `CUSTOM` for `recipe`.
        recipe: The score when the method is custom.
        ratio: Share of zeros over all matrices.
        allocation: How the zeros are shared.
        fixed: Ratios of matrices that a person has set, by the matrix's name.
    """

    kind: ClassVar[str] = "prune-live"
    least_measured: ClassVar[int] = 0

    model: ModelRef = field(default_factory=lambda: ModelRef(options=LoadOptions(state=PRUNED)))
    measured: int = 0
    method: str = "wanda"
    recipe: Recipe = field(default_factory=Recipe)
    ratio: float = 0.5
    allocation: str = "uniform"
    fixed: dict[str, float] = field(default_factory=dict)

    def title(self) -> str:
        return f"Prune {self.model.id} live: {self.method}"

    def check(self) -> None:
        if self.model.options.state != PRUNED:
            raise BadSpec(
                "A slider may only cut the pruned copy of a model.", "Choose the pruned copy."
            )
        super().check()
        for ratio in (self.ratio, *self.fixed.values()):
            check_ratio(ratio)
        check_allocation(self.allocation)
        self.scored_by().check()

    def scored_by(self) -> Recipe:
        """The recipe in force."""
        return self.recipe if self.method == CUSTOM else recipe_of(self.method)


@dataclass(frozen=True, eq=False)
class LiveState:
    """The pruned copy as it is now.

    Attributes:
        names: Its matrices.
        layers: Layer of each.
        kinds: What each is in its layer.
        sizes: Weights of each, ``[matrices]``.
        ratios: Share of zeros of each, ``[matrices]``.
        grid: Ratios of the curves.
        curves: Predicted relative error of each matrix's outputs, ``[matrices, grid]``.
        dense: Loss of the whole model on the evaluation, or None.
        pruned: Loss as it is now, on the same windows, or None.
        apply_ms: Milliseconds for moving the threshold.
        calibrated: Whether this job had to calibrate first.
        calibration_sha256: Of the calibration's token ids.
        provenance: Of the pruned copy.
    """

    names: tuple[str, ...]
    layers: tuple[int, ...]
    kinds: tuple[str, ...]
    sizes: NDArray[np.int64]
    ratios: NDArray[np.float64]
    grid: tuple[float, ...]
    curves: NDArray[np.float64]
    dense: Loss | None
    pruned: Loss | None
    apply_ms: float
    calibrated: bool
    calibration_sha256: str
    provenance: Provenance

    @property
    def ratio(self) -> float:
        """Share of zeros over all matrices."""
        return float(self.ratios @ self.sizes / self.sizes.sum())

    @property
    def predicted(self) -> NDArray[np.float64]:
        """Predicted relative error of each matrix at its ratio, ``[matrices]``."""
        pairs = zip(self.ratios, self.curves, strict=True)
        return np.array([np.interp(ratio, self.grid, curve) for ratio, curve in pairs])
