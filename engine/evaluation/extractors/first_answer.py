"""The first stated answer, for prompts whose model goes on to write further questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.evaluation.extractors.base import Extractor, Found
from engine.evaluation.extractors.phrase import stated_answers


@dataclass(frozen=True)
class FirstAnswer(Extractor):
    """``The answer is X`` / ``答案是X``, first match."""

    id: ClassVar[str] = "first-answer"

    def find(self, text: str) -> Found | None:
        return next(stated_answers(text), None)
