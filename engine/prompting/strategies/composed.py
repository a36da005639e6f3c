"""What techniques have in common that ask with another technique's prompt."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import PromptError
from engine.prompting.elements import PromptElements
from engine.prompting.render import Message
from engine.prompting.strategies.base import Technique
from engine.prompting.strategies.plain import PLAIN


@dataclass(frozen=True)
class Composed(Technique):
    """A subclass says which technique it builds on when nobody chose one."""

    composed: ClassVar[bool] = True

    @abstractmethod
    def default_base(self, elements: PromptElements) -> str:
        """Id of the plain technique to build on."""

    def built_on(self, elements: PromptElements) -> Technique:
        """The plain technique that renders the prompt.

        Raises:
            PromptError: The chosen base is no plain technique.
        """
        name = self.base or self.default_base(elements)
        if name not in PLAIN:
            raise PromptError(
                f"The technique “{self.id}” cannot build on “{name}”.",
                f"Choose one of: {', '.join(PLAIN)}.",
            )
        plain = PLAIN[name]
        return plain(
            trigger=self.trigger if plain.uses_trigger else "",
            shots=self.shots,
            examples_as=self.examples_as,
        )

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        return self.built_on(elements).messages(elements, variables)

    def shown_steps(self, elements: PromptElements) -> bool:
        """Whether an example that would be shown has steps."""
        return any(example.reasoning.strip() for example in elements.examples[: self.shots])
