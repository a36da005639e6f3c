"""The elements of a prompt: instruction, context, examples, input, output indicator.

Each text may hold variables, ``{{name}}``, filled per item (`engine.prompting.template`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "zh"]
ElementKind = Literal[
    "system", "instruction", "context", "example", "input", "output-indicator", "trigger"
]


@dataclass(frozen=True)
class Example:
    """One demonstration for few-shot prompting.

    Attributes:
        input: The example's input.
        output: Its answer, in the form the model should answer in.
        reasoning: The steps that lead there (used by few-shot chain of thought only).
    """

    input: str
    output: str
    reasoning: str = ""


@dataclass(frozen=True)
class PromptElements:
    """A prompt taken apart. Every part may be empty except that the whole must say something."""

    instruction: str = ""
    context: str = ""
    examples: tuple[Example, ...] = ()
    input: str = ""
    output_indicator: str = ""
    system: str = ""
    language: Language = "en"


@dataclass(frozen=True)
class Item:
    """One question of a set: the values for the prompt's variables and the expected answer.

    Attributes:
        id: Stable name inside its set; the noise tape of sampling hangs on it.
        variables: Variable name → text. A prompt without variables takes none.
        expected: The right answer, or None when nobody knows.
    """

    id: str = "0"
    variables: dict[str, str] = field(default_factory=dict)
    expected: str | None = None
