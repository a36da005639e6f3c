"""StreamingLLM (Xiao et al. 2023, arXiv 2309.17453): the first tokens and the recent ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor

SINKS = 4
"""Tokens at the start that the paper keeps (§3.2)."""


@dataclass(frozen=True)
class Sinks(Rule):
    """The first S keys and the last R, numbered by their place in that cache (§3.2).

    The context is not stretched: what left the window is forgotten.

    Attributes:
        sinks: S. A whole persona can be kept by counting its tokens here.
        recent: R, the query's own key included.
    """

    name: ClassVar[str] = "sinks"
    title: ClassVar[str] = "Sinks"
    formula: ClassVar[str] = "j < S: d → min(i, S + R − 1) − j, d < R: d"
    summary: ClassVar[str] = (
        "The first tokens and a recent window stay; the middle is forgotten (Xiao et al. 2023)."
    )
    moves: ClassVar[bool] = True

    sinks: int = SINKS
    recent: int = 256

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        return cls(SINKS, max(1, trained - SINKS))

    def keeping(self, tokens: int, trained: int) -> Sinks:
        """With the first `tokens` kept and the window shortened to fit the trained length."""
        return replace(self, sinks=tokens, recent=max(1, trained - tokens))

    def keeps(self) -> tuple[int, int]:
        return self.sinks, self.recent

    def near(self, distances: Tensor) -> Tensor:
        return distances < self.recent

    def far_queries(self, positions: Tensor) -> Tensor:
        return positions.clamp(max=self.sinks + self.recent - 1)

    def seen(self, queries: Tensor, keys: Tensor) -> Tensor:
        return (keys < self.sinks) | (queries - keys < self.recent)
