"""Which extraction rules fit the expected answers of a set."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

from engine.evaluation.datasets.dataset import ASSERTS
from engine.evaluation.extractors.asserts import Asserts
from engine.evaluation.extractors.exact import Exact
from engine.evaluation.extractors.last_answer import LastAnswer
from engine.evaluation.extractors.last_number import LastNumber
from engine.evaluation.extractors.normalise import canonical, only_number
from engine.evaluation.extractors.option_letter import OptionLetter
from engine.evaluation.extractors.yes_no import YesNo, polarity

NEARLY_ALL: Final = 0.95
LONG: Final = 60
LOOKED_AT: Final = 500
_LETTER: Final = re.compile(r"\(?[A-J]\)?\.?")


def fitting_rules(column: str, expected: Sequence[str | None]) -> tuple[str, ...]:
    """Rules for answers of this kind, the first counts; the others are shown beside it.

    Args:
        column: The column of the expected answers.
        expected: The answers themselves.
    """
    if column == ASSERTS:
        return (Asserts.id,)
    known = list(islice((text for text in expected if text), LOOKED_AT))
    if not known:
        return (LastAnswer.id,)
    if _nearly(known, lambda text: only_number(text) is not None):
        return (LastNumber.id, LastAnswer.id)
    if _nearly(known, lambda text: _LETTER.fullmatch(text.strip()) is not None):
        return (OptionLetter.id, LastAnswer.id)
    if _nearly(known, lambda text: polarity(canonical(text)) is not None):
        return (YesNo.id, LastAnswer.id)
    if sum(map(len, known)) > LONG * len(known):
        return (Exact.id, LastAnswer.id)
    return (LastAnswer.id, Exact.id)


def _nearly(texts: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return sum(map(holds, texts)) >= NEARLY_ALL * len(texts)
