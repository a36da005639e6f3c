"""From elements to messages: the one place where a prompt's parts are put in order.

A user message is its non-empty parts joined by a line break: instruction, context, examples,
input, output indicator, trigger. Each part keeps the element it came from, so that tokens,
probabilities and attributions can be led back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.errors import PromptError
from engine.prompting.elements import ElementKind, Example, Language, PromptElements
from engine.prompting.template import fill

Role = Literal["system", "user", "assistant"]
ExamplesAs = Literal["text", "turns"]

QUESTION_LABEL: dict[Language, str] = {"en": "Q: ", "zh": "问："}
ANSWER_LABEL: dict[Language, str] = {"en": "A: ", "zh": "答："}


@dataclass(frozen=True)
class Segment:
    """A stretch of a message with the element it came from.

    Attributes:
        element: Which element.
        text: The stretch itself, labels and the line break before it included.
        index: Number of the example (0-based) for ``"example"``, else 0.
    """

    element: ElementKind
    text: str
    index: int = 0


@dataclass(frozen=True)
class Message:
    """One chat message; `content` is the concatenation of its segments."""

    role: Role
    segments: tuple[Segment, ...]

    @property
    def content(self) -> str:
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True)
class SentPart:
    """A stretch of the exact text sent.

    Attributes:
        text: The stretch.
        element: The element it came from, or None for the chat template's own tokens.
        index: Number of the example (0-based).
    """

    text: str
    element: ElementKind | None
    index: int = 0


def joined_answer(example: Example, language: Language, with_reasoning: bool) -> str:
    """An example's answer, preceded by its steps for chain of thought."""
    if not (with_reasoning and example.reasoning):
        return example.output
    gap = "" if language == "zh" else " "
    return f"{example.reasoning}{gap}{example.output}"


def render(
    elements: PromptElements,
    variables: Mapping[str, str],
    *,
    shots: tuple[Example, ...] = (),
    with_reasoning: bool = False,
    trigger: str = "",
    examples_as: ExamplesAs = "text",
) -> tuple[Message, ...]:
    """The messages to send.

    Args:
        elements: The prompt; its own `examples` are ignored in favour of `shots`.
        variables: Values for ``{{name}}``.
        shots: The examples to show.
        with_reasoning: Show the examples' steps.
        trigger: Sentence that asks for steps, as the last line; empty = none.
        examples_as: Inside the user message as text, or as turns of the conversation.

    Raises:
        PromptError: Nothing to send, or a variable without a value.
    """
    language = elements.language
    question, answer = QUESTION_LABEL[language], ANSWER_LABEL[language]
    parts: list[Segment] = []
    messages: list[Message] = []

    def add(element: ElementKind, text: str, index: int = 0) -> None:
        if text.strip():
            lead = "\n" if parts else ""
            parts.append(Segment(element, lead + text, index))

    add("instruction", fill(elements.instruction, variables))
    add("context", fill(elements.context, variables))
    for index, shot in enumerate(shots):
        shown_input = fill(shot.input, variables)
        shown_answer = fill(joined_answer(shot, language, with_reasoning), variables)
        if examples_as == "text":
            add("example", f"{question}{shown_input}\n{answer}{shown_answer}", index)
        else:
            add("example", shown_input, index)
            messages.append(Message("user", tuple(parts)))
            messages.append(Message("assistant", (Segment("example", shown_answer, index),)))
            parts.clear()
    own_input = fill(elements.input, variables)
    labelled = bool(shots) and examples_as == "text" and bool(own_input.strip())
    add("input", f"{question if labelled else ''}{own_input}")
    add("output-indicator", fill(elements.output_indicator, variables))
    said_something = bool(parts)
    add("trigger", trigger)
    if not said_something:
        raise PromptError(
            "The prompt is empty.", "Write an instruction or an input, then run again."
        )
    messages.append(Message("user", tuple(parts)))
    system = fill(elements.system, variables)
    if system.strip():
        messages.insert(0, Message("system", (Segment("system", system),)))
    return tuple(messages)
