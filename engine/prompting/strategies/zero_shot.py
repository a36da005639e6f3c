"""Zero-shot: the question as it is, without examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.prompting.elements import PromptElements
from engine.prompting.render import Message, render
from engine.prompting.strategies.base import Technique


@dataclass(frozen=True)
class ZeroShot(Technique):
    """Instruction, context, input and output indicator only."""

    id: ClassVar[str] = "zero-shot"

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        return render(elements, variables)
