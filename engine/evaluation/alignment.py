"""Two answers laid over each other, token by token: what they share and where they part.

Tokens are compared by id when both models use one vocabulary, else by text. The common beginning
and end are peeled off first, so the first divergence is exact whatever the diff finds between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from engine.decoding.records import TokenRecord

PairKind = Literal["same", "changed", "left", "right"]


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """One row of the overlay: positions in both answers, None where one has nothing."""

    left: int | None
    right: int | None

    def kind(self, same: bool) -> PairKind:
        """``"same"``, ``"changed"``, or the side that alone has a token."""
        if self.left is None:
            return "right"
        if self.right is None:
            return "left"
        return "same" if same else "changed"


@dataclass(frozen=True, slots=True)
class Row:
    """An aligned pair and what it is."""

    pair: AlignedPair
    kind: PairKind


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first position at which the answers differ.

    Up to here both models had seen the same answer, so the two records' candidates (`top`) are
    two predictions for the same place.

    Attributes:
        position: Number of tokens before it.
        left, right: The tokens there, each with its five likeliest; None = that answer had ended.
    """

    position: int
    left: TokenRecord | None
    right: TokenRecord | None


@dataclass(frozen=True)
class Alignment:
    """The overlay of two answers.

    Attributes:
        rows: In reading order.
        divergence: None when the answers are identical.
        same: Tokens that both have.
        similarity: 2·same / (tokens of both); 1 for two empty answers.
    """

    rows: tuple[Row, ...]
    divergence: Divergence | None
    same: int
    similarity: float


def align(
    left: Sequence[TokenRecord], right: Sequence[TokenRecord], *, one_vocabulary: bool = True
) -> Alignment:
    """Lay two answers over each other.

    Args:
        left: Tokens of the first answer.
        right: Tokens of the second.
        one_vocabulary: Both come from the same tokenizer, so ids can be compared; else texts are.
    """
    a = [record.id if one_vocabulary else record.text for record in left]
    b = [record.id if one_vocabulary else record.text for record in right]
    start = _common_prefix(a, b)
    end = _common_prefix(a[start:][::-1], b[start:][::-1])
    rows = [_row(index, index, True) for index in range(start)]
    rows += _middle(a, b, start, len(a) - end, len(b) - end)
    rows += [_row(len(a) - back, len(b) - back, True) for back in range(end, 0, -1)]
    same = sum(row.kind == "same" for row in rows)
    total = len(a) + len(b)
    divergence = None
    if a != b:
        divergence = Divergence(
            start,
            left[start] if start < len(left) else None,
            right[start] if start < len(right) else None,
        )
    return Alignment(tuple(rows), divergence, same, 2 * same / total if total else 1.0)


def _common_prefix(a: Sequence[object], b: Sequence[object]) -> int:
    length = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        length += 1
    return length


def _middle(
    a: Sequence[int | str], b: Sequence[int | str], start: int, a_end: int, b_end: int
) -> list[Row]:
    """The part between the common ends: runs that differ are paired position by position."""
    matcher = SequenceMatcher(None, a[start:a_end], b[start:b_end], autojunk=False)
    rows: list[Row] = []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        for offset in range(max(a2 - a1, b2 - b1)):
            one = start + a1 + offset if a1 + offset < a2 else None
            other = start + b1 + offset if b1 + offset < b2 else None
            rows.append(_row(one, other, kind == "equal"))
    return rows


def _row(left: int | None, right: int | None, same: bool) -> Row:
    pair = AlignedPair(left, right)
    return Row(pair, pair.kind(same))
