"""Yes or no, in English and Chinese: a stated answer, else the first word, else the last one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.normalise import narrow
from engine.evaluation.extractors.phrase import LEAD

YES_WORDS = frozenset({"yes", "true", "是", "是的", "对", "对的", "正确", "肯定", "肯定的", "有"})
NO_WORDS = frozenset(
    {"no", "false", "否", "不", "不是", "不是的", "不对", "错", "错误", "否定", "否定的", "没有"}
)

_YES = r"\byes\b|\btrue\b|肯定的?|是的|对的|正确(?!答案|选项|率|的)|是(?!否|不是)|对(?!比)"
_NO = r"\bno\b|\bfalse\b|否定的?|不是的?|不对|不正确|错误?|否|没有|不"
_WORD = rf"(?P<no>{_NO})|(?P<yes>{_YES})"
_STATED = re.compile(rf"{LEAD}\s*[*\"“]*(?:{_WORD})", re.IGNORECASE)
_FIRST = re.compile(rf"[\s*\"“]*(?:{_WORD})", re.IGNORECASE)
_STRONG = re.compile(
    r"(?P<no>\bno\b|\bfalse\b|(?<!不)否定的|不是的|不对)|(?P<yes>\byes\b|\btrue\b|肯定的|是的|对的)",
    re.IGNORECASE,
)


def polarity(text: str) -> str | None:
    """``"yes"``, ``"no"``, or None when the word is neither."""
    word = text.strip().casefold()
    if word in YES_WORDS:
        return "yes"
    return "no" if word in NO_WORDS else None


@dataclass(frozen=True)
class YesNo(Extractor):
    """The value is ``"yes"`` or ``"no"`` in either language."""

    id: ClassVar[str] = "yes-no"

    def find(self, text: str) -> Found | None:
        shadow = narrow(text)
        stated = list(_STATED.finditer(shadow))
        match = stated[-1] if stated else _FIRST.match(shadow)
        if match is None:
            strong = list(_STRONG.finditer(shadow))
            match = strong[-1] if strong else None
        if match is None:
            return None
        group = "no" if match["no"] is not None else "yes"
        return Found(group, match.start(group), match.end(group))
