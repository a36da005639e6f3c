"""The language of texts, told from their letters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.prompting.elements import Language

CHINESE_SHARE: Final = 0.2
FIRST, LAST = "\u4e00", "\u9fff"


def language_of(texts: Iterable[str]) -> Language:
    """Chinese when more than a fifth of the letters are Chinese characters, else English."""
    letters = chinese = 0
    for text in texts:
        letters += sum(character.isalpha() for character in text)
        chinese += sum(FIRST <= character <= LAST for character in text)
    return "zh" if chinese > CHINESE_SHARE * letters else "en"
