"""Is a reply right? One rule per task; all compare what was said, not how it was formatted."""

from __future__ import annotations

import re

from engine.prompting.elements import Language
from engine.teaching.tasks.expressions import equivalent
from engine.teaching.tasks.item import Item

_ANSWER: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"The answer is (.+?)\.(?:\s|$)"),
    "zh": re.compile(r"答案是(.+?)。"),
}


def extracted(reply: str, language: Language) -> str:
    """What stands in the last answer sentence, else the whole reply."""
    found = _ANSWER[language].findall(reply)
    return (found[-1] if found else reply).strip()


def is_right(item: Item, reply: str) -> bool:
    """Whether ``reply`` gives the item's answer."""
    said = extracted(reply, item.language)
    if item.task == "code":
        return equivalent(said, item.answer)
    if item.task == "conversation":
        return item.answer in said
    return said == item.answer
