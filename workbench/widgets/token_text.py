"""Tokens as text: how they are shown, and how their positions are counted by Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from engine.decoding.records import TokenRecord

_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})


def displayed(text: str) -> str:
    """A token's text as it enters the document: only line feeds break lines there."""
    if text.isascii() and "\r" not in text:
        return text
    return text.replace("\r", "").replace("\u2029", " ").replace("\u2028", " ")


def shown(text: str) -> str:
    """A token's text with its blanks made visible, for lists and sentences."""
    return text.translate(_VISIBLE) if text else "∅"


def units(text: str) -> int:
    """Length in UTF-16 code units, in which `QTextCursor` counts."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class TokenOffsets:
    """Where each token starts in the document, growing as tokens stream in."""

    def __init__(self) -> None:
        self._starts: list[int] = [0]

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def end(self) -> int:
        """Position behind the last token."""
        return self._starts[-1]

    def extend(self, records: Sequence[TokenRecord]) -> str:
        """Add tokens; returns the text that they add to the document."""
        texts = [displayed(record.text) for record in records]
        for text in texts:
            self._starts.append(self._starts[-1] + units(text))
        return "".join(texts)

    def span(self, index: int) -> tuple[int, int]:
        """Start and end of a token."""
        return self._starts[index], self._starts[index + 1]

    def at(self, position: int) -> int:
        """Index of the token that covers a position, -1 outside; empty tokens never cover one."""
        if not 0 <= position < self.end:
            return -1
        return bisect_right(self._starts, position) - 1

    def first_in(self, position: int) -> int:
        """Index of the first token that reaches beyond a position."""
        return max(0, bisect_right(self._starts, position) - 1)
