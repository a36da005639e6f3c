"""Block-sparse attention (Child et al. 2019, Zaheer et al. 2020): blocks of keys are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class BlockSparse(Rule):
    """A query's block sees the first blocks, the neighbouring ones, and every stride-th between.

    Attributes:
        block: Positions per block.
        first: Blocks at the start that all see.
        local: Blocks up to the query's own.
        stride: Of the blocks between every so many; 0 = none.
    """

    name: ClassVar[str] = "block-sparse"
    title: ClassVar[str] = "Block-sparse"
    formula: ClassVar[str] = "⌊j/B⌋ = 0 ∨ ⌊i/B⌋ − ⌊j/B⌋ < 4 ∨ 4 | ⌊j/B⌋"
    summary: ClassVar[str] = "Local blocks and a few strided ones are seen."

    block: int = 64
    first: int = 1
    local: int = 4
    stride: int = 4

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        return cls(block=max(1, trained // 8))

    def seen(self, queries: Tensor, keys: Tensor) -> Tensor:
        mine, theirs = queries // self.block, keys // self.block
        shown = (theirs < self.first) | (mine - theirs < self.local)
        return shown | (theirs % self.stride == 0) if self.stride else shown
