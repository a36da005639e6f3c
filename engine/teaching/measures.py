"""The rows of the teaching table: what each measures, and the figure it must reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.prompting.elements import Language
from engine.prompting.render import render
from engine.prompting.strategies.zero_shot_cot import DEFAULT_TRIGGER
from engine.teaching.chat import BOS, END, ROLE
from engine.teaching.tasks import BASE_TASKS, Item, generate

Technique = Literal["zero-shot", "zero-shot-cot", "generated-knowledge"]

KNOWLEDGE_TRIGGER: dict[Language, str] = {"en": "State the facts first.", "zh": "先说出相关事实。"}


@dataclass(frozen=True)
class Measure:
    """One row.

    Attributes:
        name: As it stands in the table.
        task: Whose items.
        technique: How they are asked.
        bound: The figure to reach, in percent.
        above: True: at least ``bound``; False: at most.
        options: For `generate`.
        longest: Most new tokens.
    """

    name: str
    task: str
    technique: Technique = "zero-shot"
    bound: float = 90.0
    above: bool = True
    options: dict[str, Any] = field(default_factory=dict)
    longest: int = 48

    def items(self, language: Language, n: int, seed: int) -> list[Item]:
        """``n`` held-out items."""
        return generate(self.task, language, n, seed, **self.options)

    def prompt(self, item: Item) -> str:
        """The chat text up to the reply."""
        return prompt(item, self.technique)


def prompt(item: Item, technique: Technique = "zero-shot") -> str:
    """An item as chat text, ending where the reply begins."""
    trigger = {
        "zero-shot": "",
        "zero-shot-cot": DEFAULT_TRIGGER[item.language],
        "generated-knowledge": KNOWLEDGE_TRIGGER[item.language],
    }[technique]
    messages = render(
        item.elements,
        {},
        shots=item.elements.examples,
        trigger=trigger,
        examples_as=item.examples_as,
    )
    said = "".join(f"{ROLE[message.role]}{message.content}{END}" for message in messages)
    return f"{BOS}{said}{ROLE['assistant']}"


MEASURES: tuple[Measure, ...] = (
    Measure("story-direct", "arithmetic", bound=45, above=False, longest=16),
    Measure("story-cot", "arithmetic", "zero-shot-cot", 95, longest=128),
    Measure("rule-0", "rule", bound=35, above=False, options={"shots": 0}, longest=12),
    Measure("rule-4", "rule", bound=95, options={"shots": 4}, longest=12),
    Measure("compare-bare", "comparison", bound=65, above=False, options={"form": "bare"}),
    Measure("compare-knowledge", "comparison", "generated-knowledge", 95, options={"form": "bare"}),
    Measure("key-inside", "key", bound=98, longest=16),
    *(Measure(f"base-{task}", task, bound=90) for task in BASE_TASKS),
)
HARD = Measure("hard", "arithmetic-hard", "zero-shot-cot", longest=200)
EXTRA: tuple[Measure, ...] = (
    Measure("compare-stated", "comparison", bound=95, options={"form": "knowledge"}),
    Measure("compare-given", "comparison", bound=95),
    Measure("compare-recall", "comparison", bound=95, options={"form": "recall"}, longest=64),
    Measure("rewrite", "rewrite", bound=90, longest=160),
    Measure("critique", "critique", bound=90),
)

Progress = Callable[[str], None]
