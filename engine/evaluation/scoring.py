"""Right or wrong: an extracted answer against the expected one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from engine.evaluation.datasets.asserts import fulfils
from engine.evaluation.extractors.asserts import Asserts
from engine.evaluation.extractors.exact import Exact
from engine.evaluation.extractors.normalise import canonical, number, only_number, spelled
from engine.evaluation.extractors.registry import extractor
from engine.evaluation.extractors.yes_no import polarity
from engine.evaluation.spec import Extraction


def extract(
    rule: str, text: str, expected: str | None = None, lead: tuple[int, int] = (0, 0)
) -> Extraction:
    """Apply the rule to an answer and judge it.

    Args:
        rule: Its name.
        text: The answer.
        expected: The truth, or None.
        lead: Where the sentence stands that asked for the answer (`Generation.lead`). What comes
            before it is only the way to the answer, and the sentence itself says none: the rule
            reads from the sentence on ("the answer is" belongs to "18"), but what it finds must
            stand behind it.

    Raises:
        BadSpec: The rule is unknown or cannot be applied.
    """
    finder = extractor(rule)
    for begin in lead if lead[0] < lead[1] else (0,):
        found = finder.find(text[begin:])
        if found is not None and begin + found.start >= lead[1]:
            start, end = begin + found.start, begin + found.end
            return judge(Extraction(rule, found.value, start, end), expected)
    return judge(Extraction(rule, None), expected)


def judge(extraction: Extraction, expected: str | None) -> Extraction:
    """The extraction with its verdict: None when the truth is unknown, False when invalid."""
    if expected is None:
        return replace(extraction, correct=None)
    if extraction.value is None:
        return replace(extraction, correct=False)
    same = _JUDGES.get(extraction.rule, agree)
    return replace(extraction, correct=same(extraction.value, expected))


def agree(value: str, expected: str) -> bool:
    """Whether two answers mean the same: as numbers, as yes or no, as an option, as words."""
    truth = expected.rsplit("#### ", 1)[-1]
    wanted = only_number(truth)
    if wanted is not None:
        return number(value) == wanted
    given = only_number(value)
    if given is not None:
        return number(truth) == given
    if (side := polarity(canonical(truth))) is not None:
        return polarity(canonical(value)) == side
    return _unbracketed(canonical(value)) == _unbracketed(canonical(truth))


def spelled_alike(value: str, expected: str) -> bool:
    """Whether two answers are written alike, or are the same bare number."""
    wanted = only_number(expected)
    if wanted is not None and only_number(value) == wanted and expected.strip()[-1:].isdigit():
        return value.strip()[-1:].isdigit()
    return spelled(value) == spelled(expected)


_JUDGES: Final[dict[str, Callable[[str, str], bool]]] = {
    Exact.id: spelled_alike,
    Asserts.id: fulfils,
}


def _unbracketed(text: str) -> str:
    if len(text) == 3 and text[0] == "(" and text[2] == ")":
        return text[1]
    return text
