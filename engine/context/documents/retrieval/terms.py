"""The words that BM25 counts: letters and digits in one case, Chinese in characters and pairs."""

from __future__ import annotations

import re
from typing import Final

CHINESE: Final = "㐀-䶿一-鿿豈-﫿぀-ヿ가-힯"
WORD: Final = re.compile(rf"[{CHINESE}]+|[^\W_{CHINESE}]+(?:['’][^\W\d_{CHINESE}]+)?")
PLAIN: Final = re.compile(r"(?<![a-z0-9]')[a-z0-9]+")
"""Words of a lower-case text without accents; what stands after an apostrophe is left out."""
CHINESE_START: Final = re.compile(rf"[{CHINESE}]")
STOP: Final = frozenset(
    "a an and are as at be by for from has he in is it its of on or she that the they this to was "
    "were will with what who which when where how does did do 的 了 是 在 和 与 什 么 吗 呢".split()
)


def terms_of(text: str) -> list[str]:
    """Terms in order, repeats included.

    Chinese has no blanks between words: every character and every pair of neighbours is a term,
    which needs no dictionary and finds names that none has.
    """
    if text.isascii():  # most of the work of an index: no look at Chinese
        return [word for word in PLAIN.findall(text.lower()) if word not in STOP]
    found: list[str] = []
    for match in WORD.finditer(text):
        word = match[0]
        if CHINESE_START.match(word):
            found += [one for one in word if one not in STOP]
            found += [word[at : at + 2] for at in range(len(word) - 1)]
        else:
            bare = re.split("['’]", word.casefold(), maxsplit=1)[0]
            if bare not in STOP:
                found.append(bare)
    return found
