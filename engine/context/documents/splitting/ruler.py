"""How many tokens a stretch of a text has: one pass of the tokenizer, then look-ups."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PIECE = 1 << 16
"""Characters per call, cut at line ends: some tokenizers take quadratic time on long texts."""


class Ruler:
    """Measures stretches of one text.

    Args:
        tokenizer: The model's own.
        text: Of the document.

    Attributes:
        tokens: Of the whole text.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, text: str) -> None:
        self._starts: list[int] = []
        for begin, end in _pieces(text):
            self._starts += [begin + one for one in _token_starts(tokenizer, text[begin:end])]
        self.tokens = len(self._starts)

    def count(self, start: int, end: int) -> int:
        """Tokens that begin between two characters."""
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def furthest(self, start: int, tokens: int) -> int | None:
        """The last character place with at most `tokens` tokens since `start`; None = the end."""
        first = bisect_left(self._starts, start)
        if first + tokens >= len(self._starts):
            return None
        place = self._starts[first + tokens]
        # Tokens of one character's bytes begin together: they stay together.
        return place if place > start else self._after(place)

    def _after(self, place: int) -> int | None:
        later = bisect_right(self._starts, place)
        return self._starts[later] if later < len(self._starts) else None


def _pieces(text: str) -> list[tuple[int, int]]:
    found = []
    begin = 0
    while begin < len(text):
        end = min(len(text), begin + PIECE)
        if end < len(text):
            line = text.rfind("\n", begin, end) + 1
            end = line if line > begin else end
        found.append((begin, end))
        begin = end
    return found


def _token_starts(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Where each token begins."""
    if tokenizer.is_fast:
        read = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return [int(start) for start, _ in read["offset_mapping"]]
    starts, place = [], 0
    for token in tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]:
        starts.append(min(place, len(text)))
        place += len(str(tokenizer.decode([token])))
    return starts
