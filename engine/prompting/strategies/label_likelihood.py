"""Label likelihood: the model does not write its answer, it is asked how likely each label is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.prompting.elements import Language, PromptElements
from engine.prompting.strategies.composed import Composed

LEAD: dict[Language, str] = {"en": "The answer is", "zh": "答案是"}
"""What stands before the label in the answer, unless the person writes something else."""


@dataclass(frozen=True)
class LabelLikelihood(Composed):
    """For classification and questions with known candidate answers."""

    id: ClassVar[str] = "label-likelihood"
    asks: ClassVar[str] = "likelihood"
    repeats: ClassVar[bool] = False

    def default_base(self, elements: PromptElements) -> str:
        """Examples help the labels most, so they are shown when there are any."""
        return "few-shot" if elements.examples and self.shots != 0 else "zero-shot"
