"""ReRoPE (Su 2023, kexue.fm/archives/9708): no distance is larger than a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class ReRope(Rule):
    """Distances below w stay; all others are w.

    Attributes:
        window: w; the author takes a quarter to a half of the trained length.
    """

    name: ClassVar[str] = "rerope"
    title: ClassVar[str] = "ReRoPE"
    formula: ClassVar[str] = "d → min(d, w)"
    summary: ClassVar[str] = "Distances are cut off at a window: none is new (Su 2023)."
    usual: ClassVar[bool] = True
    moves: ClassVar[bool] = True

    window: int = 128

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        return cls(trained if factor <= 1 else max(1, trained // 4))

    def near(self, distances: Tensor) -> Tensor:
        return distances < self.window

    def far_queries(self, positions: Tensor) -> Tensor:
        return positions.new_full(positions.shape, self.window)

    def far_keys(self, positions: Tensor) -> Tensor:
        return positions.new_zeros(positions.shape)
