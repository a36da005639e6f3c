"""What every technique is: a rule that turns a prompt's elements into messages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import PromptError
from engine.prompting.elements import PromptElements
from engine.prompting.render import ExamplesAs, Message


@dataclass(frozen=True)
class Technique(ABC):
    """Base of the techniques; a subclass sets the class attributes and writes `messages`.

    Attributes:
        trigger: Sentence that asks for steps (or for knowledge); empty = the technique's default,
            if it has one.
        shots: Most examples to show; None = all.
        examples_as: How examples are laid out.
        base: Technique that a composed one builds on; empty = its own choice.

    Class attributes:
        asks: How the answer is obtained (`engine.evaluation.asking.registry`).
        composed: Whether it builds on another technique.
        default_samples: Answers per item where nobody says otherwise; 0 = as the comparison.
        default_temperature: Used where the comparison is greedy, because samples must differ.
        repeats: Whether asking again may bring another answer.
        reads_documents: Whether passages of documents stand in its context.
    """

    id: ClassVar[str]
    uses_examples: ClassVar[bool] = False
    uses_reasoning: ClassVar[bool] = False
    uses_trigger: ClassVar[bool] = False
    asks: ClassVar[str] = "one-sample"
    composed: ClassVar[bool] = False
    default_samples: ClassVar[int] = 0
    default_temperature: ClassVar[float] = 0.0
    repeats: ClassVar[bool] = True
    reads_documents: ClassVar[bool] = False

    trigger: str = ""
    shots: int | None = None
    examples_as: ExamplesAs = "text"
    base: str = ""

    @abstractmethod
    def messages(
        self, elements: PromptElements, variables: Mapping[str, str]
    ) -> tuple[Message, ...]:
        """The messages to send for one item.

        Raises:
            PromptError: The prompt lacks what the technique needs.
        """

    def need_examples(self, elements: PromptElements) -> None:
        """Raise `PromptError` when there is no example to show."""
        if not elements.examples or self.shots == 0:
            raise PromptError(
                f"The technique “{self.id}” needs examples, and the prompt has none.",
                "Add at least one example to the table, or import some.",
            )
