"""What every rule of attention is: which keys a query sees, and at which positions it sees them.

A rule splits the keys of a query into near ones, which keep their positions, and far ones, for
which query and key get other positions. Self-Extend, ReRoPE, Leaky ReRoPE and StreamingLLM are
four choices of these positions; sliding windows and sparse blocks only choose what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from engine.context.part import Part

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Rule(Part):
    """One rule; its fields are its own parameters.

    Class attributes:
        moves: Whether far pairs get other positions (which needs rotary positions).
    """

    moves: ClassVar[bool] = False

    @classmethod
    def fitted(cls, trained: int, factor: float) -> Self:
        """The parameters for a text of `factor` times the trained length.

        Args:
            trained: L, positions seen in training.
            factor: Target length over trained length, at least 1.
        """
        return cls()

    def near(self, distances: Tensor) -> Tensor | None:
        """Where a pair keeps its positions, bool like `distances`; None = everywhere."""
        return None

    def far_queries(self, positions: Tensor) -> Tensor:
        """Positions of queries as far keys see them, float64 like `positions`."""
        return positions

    def far_keys(self, positions: Tensor) -> Tensor:
        """Positions of keys as far queries see them, float64 like `positions`."""
        return positions

    def seen(self, queries: Tensor, keys: Tensor) -> Tensor | None:
        """Which of the earlier keys a query sees, bool, broadcast; None = all of them.

        Args:
            queries: Positions ``[…, queries, 1]``.
            keys: Positions ``[…, 1, keys]``.
        """
        return None

    def keeps(self) -> tuple[int, int] | None:
        """The first and the recent keys that are enough for it; None = it needs every key."""
        return None

    def keeping(self, tokens: int, trained: int) -> Rule:
        """With the first `tokens` kept and the rest fitted to the trained length, where the rule
        keeps a beginning; else the rule itself."""
        return self

    def scale(self, positions: Tensor) -> Tensor | None:
        """Factor on the scores of the queries at `positions`; None = 1."""
        return None
