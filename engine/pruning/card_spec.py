"""What pruning changes for a person: expected before, measured after. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quantity = Literal["file", "memory", "speed", "perplexity"]


@dataclass(frozen=True)
class Change:
    """One quantity.

    Attributes:
        quantity: Bytes of the weights' file, bytes in memory, tokens per second at batch 1, or
            the perplexity on the evaluation's windows.
        before: Of the dense model; None = not measured.
        expected: Forecast before the run; None = there is none.
        after: Measured after it; None = not measured.
        noise: How far the dense model strays from itself: for speed in 95 % of resampled rounds,
            for perplexity half of the 95 % interval of the paired difference (Student's t over
            windows); 0 = exact.
    """

    quantity: Quantity
    before: float | None
    expected: float | None = None
    after: float | None = None
    noise: float = 0.0

    @property
    def real(self) -> bool:
        """Whether it was measured and changed by more than the noise."""
        if self.before is None or self.after is None:
            return False
        return abs(self.after - self.before) > self.noise


@dataclass(frozen=True)
class SensitivityCell:
    """A cell of the sensitivity map, validated: one layer pruned alone.

    Attributes:
        layer: Which.
        ratio: Share of zeros in its matrices.
        predicted: Sum of the predicted relative errors of its matrices.
        rise: True rise of the loss, nats per token.
        error: Standard error of the rise, paired by window.
    """

    layer: int
    ratio: float
    predicted: float
    rise: float
    error: float


@dataclass(frozen=True)
class Card:
    """The card of a pruning job.

    Attributes:
        changes: One per quantity.
        cells: The cells by which the expected perplexity was found; empty = none was.
        kernel: Why a pattern of zeros brings no speed here, or empty.
    """

    changes: tuple[Change, ...]
    cells: tuple[SensitivityCell, ...] = ()
    kernel: str = ""

    def change(self, quantity: Quantity) -> Change | None:
        """The change of one quantity, or None."""
        return next((one for one in self.changes if one.quantity == quantity), None)
