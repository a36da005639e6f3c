"""The last stated answer: the default, because reasoning models recite earlier ones first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.phrase import stated_answers


@dataclass(frozen=True)
class LastAnswer(Extractor):
    """``The answer is X`` / ``答案是X``, last match."""

    id: ClassVar[str] = "last-answer"

    def find(self, text: str) -> Found | None:
        found = None
        for found in stated_answers(text):  # noqa: B007 - the last one is wanted
            pass
        return found
