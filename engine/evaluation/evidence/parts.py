"""A prompt's parts, and the prompt without one of them. Free of torch.

Leaving a part out means: the text that the technique would have sent had the person not written
that part. The labels around it go with it, an example takes its answer along, and what follows
moves up. (The alternative, blanking the part's tokens in place, keeps every later position but
shows the model a text that nobody would send.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from engine.errors import PromptError
from engine.evaluation.plan import messages_for, prompt_of
from engine.evaluation.spec import CellKey, CompareSpec, Variant
from engine.prompting.elements import ElementKind, PromptElements
from engine.prompting.render import Message

BLANKED: Final[dict[ElementKind, Callable[[PromptElements], PromptElements]]] = {
    "system": partial(replace, system=""),
    "instruction": partial(replace, instruction=""),
    "context": partial(replace, context=""),
    "input": partial(replace, input=""),
    "output-indicator": partial(replace, output_indicator=""),
}


@dataclass(frozen=True)
class PartId:
    """A part of a prompt: an element, or one of its examples.

    Attributes:
        element: Which element.
        index: Number of the example (0-based), else 0.
    """

    element: ElementKind
    index: int = 0


def parts_of(messages: tuple[Message, ...]) -> dict[PartId, str]:
    """The parts in reading order, each with its text (an example's question and answer)."""
    found: dict[PartId, str] = {}
    for message in messages:
        for segment in message.segments:
            part = PartId(segment.element, segment.index)
            before = found.get(part)
            found[part] = segment.text if before is None else f"{before}\n{segment.text}"
    return {part: text.strip() for part, text in found.items()}


def without(compare: CompareSpec, variant: int, item: int, part: PartId) -> tuple[Message, ...]:
    """The messages of a column for a question, had the part not been written.

    Raises:
        PromptError: Nothing would be left to send.
    """
    column = compare.variants[variant]
    elements = prompt_of(compare, column)
    if part.element == "trigger":
        return _without_segment(_messages(compare, column, item), part)
    if part.element != "example":
        shorter = BLANKED[part.element](elements)
        return _messages(compare, replace(column, prompt=shorter), item)
    return _without_example(compare, column, elements, item, part)


def _without_example(
    compare: CompareSpec, column: Variant, elements: PromptElements, item: int, part: PartId
) -> tuple[Message, ...]:
    """One example fewer; the technique that needs what is gone gives way to the plainer one."""
    shown = list(elements.examples[: column.shots])
    del shown[part.index]
    rest = replace(elements, examples=tuple(shown))
    ways = [column.technique, *(["few-shot"] if shown else ["zero-shot"])]
    for technique in ways:
        try:
            return _messages(
                compare, replace(column, prompt=rest, shots=None, technique=technique), item
            )
        except PromptError:
            if technique == ways[-1]:
                raise
    raise AssertionError("a technique either renders or raises")


def _messages(compare: CompareSpec, column: Variant, item: int) -> tuple[Message, ...]:
    return messages_for(replace(compare, variants=(column,)), CellKey(item=item))


def _without_segment(messages: tuple[Message, ...], part: PartId) -> tuple[Message, ...]:
    """The same messages without a last line that no element holds."""
    kept = []
    for message in messages:
        segments = tuple(one for one in message.segments if PartId(one.element, one.index) != part)
        if segments:
            kept.append(replace(message, segments=segments))
    if not kept:
        raise PromptError(
            "The prompt is empty.", "Write an instruction or an input, then run again."
        )
    return tuple(kept)
