"""Two columns laid over each other: which tokens they share, where they first part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.decoding.records import TokenRecord
from engine.evaluation.alignment import Divergence, align
from workbench.viewmodels.compare_column import Column

Mark = Literal["same", "differs", "first"]


@dataclass(frozen=True)
class Side:
    """One answer with a mark per token."""

    texts: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Overlay:
    """What the overlay shows.

    Attributes:
        left, right: The two answers.
        divergence: The first difference; None when the answers are identical.
        same: Tokens that both have, in aligned places.
        similarity: 0…1.
    """

    left: Side
    right: Side
    divergence: Divergence | None
    same: int
    similarity: float


@dataclass(frozen=True)
class OverlayQuestion:
    """The tokens to align; made on the window's thread, answered off it."""

    left: tuple[TokenRecord, ...]
    right: tuple[TokenRecord, ...]
    one_vocabulary: bool

    @classmethod
    def of(cls, left: Column, right: Column) -> OverlayQuestion:
        """The question for two columns; only one model has surely one vocabulary."""
        return cls(tuple(left.records), tuple(right.records), left.model_id == right.model_id)

    def answer(self) -> Overlay:
        """Align the tokens."""
        found = align(self.left, self.right, one_vocabulary=self.one_vocabulary)
        left: list[Mark] = ["differs"] * len(self.left)
        right: list[Mark] = ["differs"] * len(self.right)
        for row in found.rows:
            if row.kind == "same" and row.pair.left is not None and row.pair.right is not None:
                left[row.pair.left] = right[row.pair.right] = "same"
        if found.divergence is not None:
            at = found.divergence.position
            for marks in (left, right):
                if at < len(marks):
                    marks[at] = "first"
        return Overlay(
            Side(tuple(record.text for record in self.left), tuple(left)),
            Side(tuple(record.text for record in self.right), tuple(right)),
            found.divergence,
            found.same,
            found.similarity,
        )
