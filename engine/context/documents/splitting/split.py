"""Passages of a document: whole sentences under one heading, at most so many tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.context.documents.splitting.ruler import Ruler
from engine.context.documents.splitting.sentences import Unit, units_of

SMALL: Final = 4
"""A heading begins a new passage when the one before has at least 1/SMALL of its tokens."""
BREAKS: Final = "\n", "；;", "，,、：:", " \t　"
"""Where a sentence that is too long is cut: the first kind found in its later half."""
JOINT: Final = " › "


@dataclass(frozen=True)
class Span:
    """A passage by its place.

    Attributes:
        start, end: Characters, without blanks at either end.
        tokens: Between them.
        heading: Headings above its start, joined.
    """

    start: int
    end: int
    tokens: int
    heading: str


def split(text: str, ruler: Ruler, most: int, overlap: int = 0) -> list[Span]:
    """Cut a text into passages.

    Sentences are never cut unless one alone is longer than `most`; then it is cut at a line end,
    a clause, a blank, or between two tokens, in this order of preference.

    Args:
        text: Of the document.
        ruler: Measures it.
        most: Tokens of a passage, at least 1.
        overlap: Tokens of whole sentences that are repeated at the start of the next passage of
            the same heading; less than `most`.
    """
    cutter = _Cutter(text, ruler, most, min(overlap, most - 1))
    for unit in units_of(text):
        cutter.take(unit)
    cutter.close()
    return cutter.spans


class _Cutter:
    """Collects units until they fill a passage."""

    def __init__(self, text: str, ruler: Ruler, most: int, overlap: int) -> None:
        self.text = text
        self.ruler = ruler
        self.most = most
        self.overlap = overlap
        self.spans: list[Span] = []
        self.held: list[tuple[int, int]] = []
        self.fresh = 0
        self.above: list[tuple[int, str]] = []
        self.heading = ""

    def take(self, unit: Unit) -> None:
        """Add a unit; closes passages that it does not fit into."""
        if unit.level:
            if self._tokens() * SMALL >= self.most or self._only_repeats():
                self.close()
            self.above = [one for one in self.above if one[0] < unit.level]
            self.above.append((unit.level, unit.title))
        for start, end in self._pieces(unit.start, unit.end):
            if self.held and self.ruler.count(self.held[0][0], end) > self.most:
                self.close(carry=not unit.level)
                while self.held and self.ruler.count(self.held[0][0], end) > self.most:
                    del self.held[0]
            if not self.held:
                self.heading = JOINT.join(title for _, title in self.above)
            self.held.append((start, end))
            self.fresh += 1

    def close(self, carry: bool = False) -> None:
        """End the passage; with `carry` its last sentences begin the next one."""
        if self.held and self.fresh:
            self._keep(self.held[0][0], self.held[-1][1])
        kept: list[tuple[int, int]] = []
        for start, end in reversed(self.held if carry and self.overlap else []):
            if self.ruler.count(start, self.held[-1][1]) > self.overlap:
                break
            kept.insert(0, (start, end))
        self.held, self.fresh = kept, 0

    def _only_repeats(self) -> bool:
        return bool(self.held) and not self.fresh

    def _tokens(self) -> int:
        return self.ruler.count(self.held[0][0], self.held[-1][1]) if self.held else 0

    def _keep(self, start: int, end: int) -> None:
        stretch = self.text[start:end]
        start += len(stretch) - len(stretch.lstrip())
        end -= len(stretch) - len(stretch.rstrip())
        if start < end:
            self.spans.append(Span(start, end, self.ruler.count(start, end), self.heading))

    def _pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """A unit in parts that fit."""
        parts = []
        while self.ruler.count(start, end) > self.most:
            limit = self.ruler.furthest(start, self.most)
            if limit is None or limit >= end:
                break
            cut = self._break(start, limit)
            parts.append((start, cut))
            start = cut
        if start < end:
            parts.append((start, end))
        return parts

    def _break(self, start: int, limit: int) -> int:
        for marks in BREAKS:
            place = max(
                self.text.rfind(mark, start + (limit - start) // 2, limit) for mark in marks
            )
            if place >= 0:
                return place + 1
        return limit
