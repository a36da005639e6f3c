"""The letter of a multiple-choice answer: ``The answer is (B).``, ``选B``, ``B. Paris``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.phrase import LEAD

_SHADOW = str.maketrans(
    "ＡＢＣＤＥＦＧＨＩＪ（）．：",
    "ABCDEFGHIJ().:",
)
_ALONE = r"(?![A-Za-z'’])"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i:" + LEAD + r")\s*(?:[Oo]ption\s*|选项?\s*)?[*\"“]*\(?([A-J])\)?" + _ALONE,
        r"(?i:" + LEAD + r")\s*[*\"“]*(?:\(([a-j])\)|([a-j])(?=[\s*\"”]*(?:[.。,，;；]|$|\n)))",
        r"(?:应选|选择|选项|选|[Oo]ption\s)\s*\(?([A-J])\)?" + _ALONE,
        r"\(([A-J])\)",
        r"(?m:^)\s*\**([A-J])(?:[.):：、]|\s*(?m:$))",
    )
)


@dataclass(frozen=True)
class OptionLetter(Extractor):
    """A to J: a stated letter first, then one in brackets, then one that begins a line.

    The article in ``A cat`` is no option: a bare letter counts only with its punctuation. A small
    letter counts only where an answer is stated: in brackets, or alone.
    """

    id: ClassVar[str] = "option-letter"

    def find(self, text: str) -> Found | None:
        shadow = text.translate(_SHADOW)
        for pattern in _PATTERNS:
            matches = list(pattern.finditer(shadow))
            if matches:
                last = matches[-1]
                group = last.lastindex or 1
                return Found(last.group(group).casefold(), last.start(group), last.end(group))
        return None
