"""Zero-shot chain of thought (Kojima et al. 2022): one sentence asks for the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.prompting.elements import Language, PromptElements
from engine.prompting.render import Message, render
from engine.prompting.strategies.base import Technique

DEFAULT_TRIGGER: dict[Language, str] = {
    "en": "Let's think step by step.",
    "zh": "让我们一步一步思考。",
}


@dataclass(frozen=True)
class ZeroShotChainOfThought(Technique):
    """The question, then the trigger sentence as the last line."""

    id: ClassVar[str] = "zero-shot-cot"
    uses_trigger: ClassVar[bool] = True

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        trigger = self.trigger or DEFAULT_TRIGGER[elements.language]
        return render(elements, variables, trigger=trigger)
