"""Two-stage answer extraction (Kojima et al. 2022): first the steps, then the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.prompting.elements import Language, PromptElements
from engine.prompting.strategies.composed import Composed

AnswerForm = Literal["number", "option", "yes-no", "words"]

ANSWER_TRIGGERS: dict[AnswerForm, dict[Language, str]] = {
    "number": {"en": "Therefore, the answer (arabic numerals) is", "zh": "因此，答案是"},
    "option": {"en": "Therefore, among the options, the answer is", "zh": "因此，答案是"},
    "yes-no": {"en": "Therefore, the answer (yes or no) is", "zh": "因此，答案是"},
    "words": {"en": "Therefore, the answer is", "zh": "因此，答案是"},
}
"""What asks for the answer, by the form that the task's answers have (Kojima et al., table 9)."""


@dataclass(frozen=True)
class TwoStage(Composed):
    """The steps are decoded, the answer trigger is appended, and the model goes on from there."""

    id: ClassVar[str] = "two-stage"
    uses_trigger: ClassVar[bool] = True
    asks: ClassVar[str] = "two-stage"

    def default_base(self, elements: PromptElements) -> str:
        return "zero-shot-cot"
