"""Sliding-window attention (Beltagy et al. 2020, arXiv 2004.05150, §3.1): neighbours alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Sliding(Rule):
    """The last W keys. Over several layers what is further back still seeps through.

    Attributes:
        window: W, the query's own key included.
    """

    name: ClassVar[str] = "sliding"
    title: ClassVar[str] = "Sliding window"
    formula: ClassVar[str] = "d < W"
    summary: ClassVar[str] = "Only recent tokens are seen."

    window: int = 256

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        return cls(max(1, trained))

    def keeps(self) -> tuple[int, int]:
        return 0, self.window

    def seen(self, queries: Tensor, keys: Tensor) -> Tensor:
        return queries - keys < self.window
