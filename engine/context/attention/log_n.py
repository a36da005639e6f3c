"""Log-n scaling (Su 2021, kexue.fm/archives/8823): the more keys, the sharper the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.attention.rule import Rule

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class LogN(Rule):
    """Scores of the query at position n − 1 are multiplied by max(1, log n / log L).

    Attributes:
        trained: L.
    """

    name: ClassVar[str] = "log-n"
    title: ClassVar[str] = "log n"
    formula: ClassVar[str] = "q_n → q_n · max(1, ln n / ln L)"
    summary: ClassVar[str] = "Scores grow with log n, so attention stays as sharp in long texts."
    partners: ClassVar[tuple[str, ...]] = ("self-extend", "rerope")

    trained: int = 2048

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        return cls(max(2, trained))

    def scale(self, positions: Tensor) -> Tensor:
        seen = (positions.double() + 1).clamp(min=1)
        return (seen.log() / seen.new_tensor(self.trained).log()).clamp(min=1)
