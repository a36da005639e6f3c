"""Gradient norm against depth, as a job: post-norm, pre-norm and DeepNorm stacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.anatomy.rows.base import Placement
from engine.jobs.spec import FILES_LANE, Spec

PLACEMENTS: Final[tuple[Placement, ...]] = ("post", "pre", "deep")


@dataclass(frozen=True)
class DepthSpec(Spec):
    """Measure the gradient of every layer of random stacks, one per placement and seed.

    Returns a `DepthResult`; publishes it as it grows, one placement at a time.

    Attributes:
        layers: Depth of the stacks.
        width: Of the residual.
        heads: Of attention.
        tokens: Length of the random sequences.
        batch: How many of them.
        seeds: Stacks per placement.
    """

    kind: ClassVar[str] = "anatomy-depth"
    lane: ClassVar[str] = FILES_LANE

    layers: int = 18
    width: int = 64
    heads: int = 4
    tokens: int = 16
    batch: int = 8
    seeds: int = 4

    def title(self) -> str:
        return "Gradient norm against depth"

    def check(self) -> None:
        if not (2 <= self.layers <= 200 and 1 <= self.seeds <= 50):
            raise BadSpec(
                "The stack is too deep or too shallow to be measured.",
                "Choose 2 to 200 layers and 1 to 50 seeds.",
            )
        if self.heads < 1 or self.width % self.heads or self.width > 1024:
            raise BadSpec(
                f"A width of {self.width} cannot be shared by {self.heads} heads.",
                "Choose a width of at most 1024 that the number of heads divides.",
            )


@dataclass(frozen=True, eq=False)
class DepthCurve:
    """One placement.

    Attributes:
        placement: Which.
        alpha, beta: Weight of the residual and of the starting weights; 1 where not DeepNorm.
        norms: Gradient norm of each layer's weights, float64 ``[seeds, layers]``, from the input.
        outputs: Root mean square of the residual after each layer, the same shape.
    """

    placement: Placement
    alpha: float
    beta: float
    norms: NDArray[np.float64]
    outputs: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DepthResult:
    """The curves measured so far, and of what."""

    curves: tuple[DepthCurve, ...]
    layers: int
    seeds: int

    def ratio(self, placement: Placement) -> float:
        """Median over seeds of the first layer's gradient norm over the last one's."""
        curve = next(one for one in self.curves if one.placement == placement)
        return float(np.median(curve.norms[:, 0] / curve.norms[:, -1]))
