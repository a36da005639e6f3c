"""Self-consistency (Wang et al. 2022): several sampled paths of thought vote on the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.prompting.elements import PromptElements
from engine.prompting.strategies.composed import Composed


@dataclass(frozen=True)
class SelfConsistency(Composed):
    """The prompt of chain of thought, asked several times at a temperature; the samples vote."""

    id: ClassVar[str] = "self-consistency"
    uses_trigger: ClassVar[bool] = True
    asks: ClassVar[str] = "votes"
    default_samples: ClassVar[int] = 9
    default_temperature: ClassVar[float] = 0.7

    def default_base(self, elements: PromptElements) -> str:
        """Few-shot chain of thought when the examples have steps, as in the paper."""
        return "few-shot-cot" if self.shown_steps(elements) else "zero-shot-cot"
