"""What every technique is: a rule that turns a prompt's elements into messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import PromptError
from engine.prompting.elements import PromptElements
from engine.prompting.render import ExamplesAs, Message


@dataclass(frozen=True)
class Technique:
    """Base of the techniques; a subclass sets the class attributes and writes `messages`.

    Attributes:
        trigger: Sentence that asks for steps; empty = the technique's default, if it has one.
        shots: Most examples to show; None = all.
        examples_as: How examples are laid out.
    """

    id: ClassVar[str]
    uses_examples: ClassVar[bool] = False
    uses_reasoning: ClassVar[bool] = False
    uses_trigger: ClassVar[bool] = False

    trigger: str = ""
    shots: int | None = None
    examples_as: ExamplesAs = "text"

    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        """The messages to send for one item.

        Raises:
            PromptError: The prompt lacks what the technique needs.
        """
        raise NotImplementedError

    def need_examples(self, elements: PromptElements) -> None:
        """Raise `PromptError` when there is no example to show."""
        if not elements.examples or self.shots == 0:
            raise PromptError(
                f"The technique “{self.id}” needs examples, and the prompt has none.",
                "Add at least one example to the table, or import some.",
            )
