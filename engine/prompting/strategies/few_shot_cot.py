"""Few-shot chain of thought (Wei et al. 2022): the examples show the steps to the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import PromptError
from engine.prompting.elements import PromptElements
from engine.prompting.render import Message, render
from engine.prompting.strategies.base import Technique


@dataclass(frozen=True)
class FewShotChainOfThought(Technique):
    """Examples with steps; at least one shown example must have them."""

    id: ClassVar[str] = "few-shot-cot"
    uses_examples: ClassVar[bool] = True
    uses_reasoning: ClassVar[bool] = True

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        self.need_examples(elements)
        shown = elements.examples[: self.shots]
        if not any(example.reasoning.strip() for example in shown):
            raise PromptError(
                "Few-shot chain of thought needs examples with steps, and none has any.",
                "Fill the “Steps” column of at least one example.",
            )
        return render(
            elements, variables, shots=shown, with_reasoning=True, examples_as=self.examples_as
        )
