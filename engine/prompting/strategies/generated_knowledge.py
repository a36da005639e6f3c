"""Generated knowledge (Liu et al. 2022): the model states what it knows, then answers with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from engine.prompting.elements import Language, PromptElements
from engine.prompting.render import Message, render
from engine.prompting.strategies.composed import Composed
from engine.prompting.template import literal

KNOWLEDGE_TRIGGER: dict[Language, str] = {
    "en": "Give the facts that the question needs.",
    "zh": "写出回答问题所需的事实。",
}
DEFAULT_STATEMENTS = 5


@dataclass(frozen=True)
class GeneratedKnowledge(Composed):
    """`trigger` is the instruction that asks for knowledge; the base asks the question itself."""

    id: ClassVar[str] = "generated-knowledge"
    uses_trigger: ClassVar[bool] = True
    asks: ClassVar[str] = "knowledge"

    def default_base(self, elements: PromptElements) -> str:
        return "zero-shot"

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        """The question as the base asks it, without any stated knowledge."""
        return replace(self, trigger="").built_on(elements).messages(elements, variables)

    def knowledge_messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        """The request for knowledge: the trigger, the context and the question."""
        asked = replace(
            elements,
            instruction=literal(self.trigger or KNOWLEDGE_TRIGGER[elements.language]),
            examples=(),
            output_indicator="",
        )
        return render(asked, variables)

    def informed_messages(
        self, elements: PromptElements, variables: Mapping[str, str], knowledge: str
    ) -> tuple[Message, ...]:
        """The question with a statement after the prompt's own context."""
        context = "\n".join(part for part in (elements.context, literal(knowledge)) if part)
        return self.messages(replace(elements, context=context), variables)
