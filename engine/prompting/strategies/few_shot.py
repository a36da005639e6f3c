"""Few-shot (Brown et al. 2020): examples with their answers come before the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.prompting.elements import PromptElements
from engine.prompting.render import Message, render
from engine.prompting.strategies.base import Technique


@dataclass(frozen=True)
class FewShot(Technique):
    """Examples show the answer only, never the steps."""

    id: ClassVar[str] = "few-shot"
    uses_examples: ClassVar[bool] = True

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        self.need_examples(elements)
        return render(
            elements,
            variables,
            shots=elements.examples[: self.shots],
            examples_as=self.examples_as,
        )
