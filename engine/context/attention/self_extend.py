"""Self-Extend (Jin et al. 2024, arXiv 2401.01325): far positions are counted in groups."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor

USED = 0.75
"""Share of the trained length that grouped distances may fill: long ones were rare in training."""


@dataclass(frozen=True)
class SelfExtend(Rule):
    """Distances below W stay; beyond, query ⌊i/G⌋ + W − ⌊W/G⌋ meets key ⌊j/G⌋ (eq. 3 and 4).

    Attributes:
        window: W, the neighbours that keep their exact distance.
        group: G, positions that share a number.
    """

    name: ClassVar[str] = "self-extend"
    title: ClassVar[str] = "Self-Extend"
    formula: ClassVar[str] = "d ≥ W: d → ⌊i/G⌋ − ⌊j/G⌋ + W − ⌊W/G⌋"
    summary: ClassVar[str] = (
        "Near tokens keep their positions, far ones share positions in groups (Jin et al. 2024)."
    )
    usual: ClassVar[bool] = True
    moves: ClassVar[bool] = True

    window: int = 128
    group: int = 8

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        if factor <= 1:
            return cls(trained, 1)
        window = max(1, trained // 4)
        room = max(1.0, USED * trained - window)
        return cls(window, max(1, ceil((factor * trained - window) / room)))

    def near(self, distances: Tensor) -> Tensor:
        return distances < self.window

    def far_queries(self, positions: Tensor) -> Tensor:
        return positions // self.group + (self.window - self.window // self.group)

    def far_keys(self, positions: Tensor) -> Tensor:
        return positions // self.group
