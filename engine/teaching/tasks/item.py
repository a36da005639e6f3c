"""One exercise of the teaching world, and the split that keeps held-out ones unseen."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.prompting.elements import Language, PromptElements
from engine.prompting.render import ExamplesAs

Split = Literal["train", "held-out"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")
HELD_OUT_SHARE = 8  # one key in eight is never trained on


@dataclass(frozen=True)
class Item:
    """An exercise with its truth.

    Attributes:
        task: Name of the task that wrote it.
        language: ``"en"`` or ``"zh"``.
        elements: The prompt, without trigger; examples only where the item is about them.
        answer: The short gold answer.
        completion: The direct reply, which contains the answer.
        key: Names the content whatever its wording; it decides the split.
        reasoning: The steps that may come before the completion (empty: the task has none).
        examples_as: How the examples are laid out (a conversation's are turns).
        meta: Numbers about the item, such as its steps or depth.
    """

    task: str
    language: Language
    elements: PromptElements
    answer: str
    completion: str
    key: str
    reasoning: str = ""
    examples_as: ExamplesAs = "text"
    meta: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def split(self) -> Split:
        """The split that this item's content belongs to."""
        return split_of(self.key)


def split_of(key: str) -> Split:
    """Which split a content key belongs to: a stable hash, the same on every machine."""
    return "held-out" if zlib.crc32(key.encode()) % HELD_OUT_SHARE == 0 else "train"


def direct_answer(answer: str, language: Language) -> str:
    """The house's direct reply, ``The answer is 14.`` or ``答案是14。``."""
    return f"答案是{answer}。" if language == "zh" else f"The answer is {answer}."


def elements(
    language: Language,
    instruction: str = "",
    context: str = "",
    text: str = "",
    indicator: str = "",
) -> PromptElements:
    """Prompt elements without examples."""
    return PromptElements(
        instruction=instruction,
        context=context,
        input=text,
        output_indicator=indicator,
        language=language,
    )
