"""Leaky ReRoPE (Su 2023, kexue.fm/archives/9708): beyond a window distances grow more slowly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor

USED = 0.75
"""Share of the trained length that the longest distance may take."""


@dataclass(frozen=True)
class LeakyReRope(Rule):
    """Distances d below w stay; beyond they are w + (d − w)/k.

    Attributes:
        window: w.
        slope: k; 1 changes nothing, ∞ is ReRoPE.
    """

    name: ClassVar[str] = "leaky-rerope"
    title: ClassVar[str] = "Leaky ReRoPE"
    formula: ClassVar[str] = "d ≥ w: d → w + (d − w)/k"
    summary: ClassVar[str] = "Beyond the window distances grow more slowly (Su 2023)."
    moves: ClassVar[bool] = True

    window: int = 128
    slope: float = 16.0

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        if factor <= 1:
            return cls(trained, 1.0)
        window = max(1, trained // 3)
        room = max(1.0, USED * trained - window)
        return cls(window, max(1.0, (factor * trained - window) / room))

    def near(self, distances: Tensor) -> Tensor:
        return distances < self.window

    def far_queries(self, positions: Tensor) -> Tensor:
        return positions / self.slope + self.window * (1 - 1 / self.slope)

    def far_keys(self, positions: Tensor) -> Tensor:
        return positions / self.slope
