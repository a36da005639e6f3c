"""All tasks by name, and the one way to draw items and demonstrations from them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from engine.prompting.elements import Example, Language
from engine.teaching.tasks import (
    arithmetic,
    base,
    code,
    comparison,
    conversation,
    critique,
    key,
    reasoning,
    rewrite,
    rule,
)
from engine.teaching.tasks.cities import PRACTISED, UNPRACTISED
from engine.teaching.tasks.item import Item, Split

Maker = Callable[..., Item]


def _comparison(
    rng: random.Random, language: Language, *, form: str = "given", held_out: bool = True
) -> Item:
    """A comparison of the given form; held-out city pairs were never compared bare."""
    if form == "given":
        return comparison.make_given(rng, language)
    if form == "fact":
        return comparison.make_fact(rng, language)
    cities = UNPRACTISED if held_out else PRACTISED
    return comparison.make_city(rng, language, form, cities)  # type: ignore[arg-type]


TASKS: dict[str, Maker] = {
    "arithmetic": arithmetic.make,
    "arithmetic-hard": arithmetic.make_hard,
    "comparison": _comparison,
    "rule": rule.make,
    "key": key.make,
    "summarisation": base.make_summary,
    "extraction": base.make_extraction,
    "question-answering": base.make_question,
    "classification": base.make_classification,
    "conversation": conversation.make,
    "code": code.make,
    "reasoning": reasoning.make,
    "rewrite": rewrite.make,
    "critique": critique.make,
}

REPEATS_REFUSED = 20  # per item: small worlds (facts about cities) run out of different ones
BASE_TASKS = (
    "summarisation",
    "extraction",
    "question-answering",
    "classification",
    "conversation",
    "code",
    "reasoning",
)


def task_names() -> tuple[str, ...]:
    """The names that `generate` takes."""
    return tuple(TASKS)


def generate(
    task: str,
    language: Language,
    n: int,
    seed: int,
    split: Split = "held-out",
    **options: Any,  # noqa: ANN401
) -> list[Item]:
    """``n`` items of a task, the same for the same arguments, different while there are enough.

    Args:
        task: One of `task_names`.
        language: ``"en"`` or ``"zh"``.
        n: How many.
        seed: Chooses the items.
        split: ``"held-out"`` items can never be drawn in training.
        options: The task's own, such as ``steps`` (arithmetic), ``shots`` (rule), ``form``
            (comparison: given, bare, knowledge, recall; key: single, several, documents),
            ``sentences`` and ``depth`` (key).

    Raises:
        KeyError: There is no such task.
    """
    maker = TASKS[task]
    rng = random.Random(f"{split}|{task}|{language}|{seed}")
    if task == "comparison":
        options.setdefault("held_out", split == "held-out")
    by_cities = task == "comparison" and options.get("form", "given") != "given"
    items: list[Item] = []
    seen: set[str] = set()
    refused = 0
    while len(items) < n:
        item = maker(rng, language, **options)
        if not by_cities and item.split != split:
            continue
        if item.key in seen and refused < REPEATS_REFUSED * n:
            refused += 1
            continue
        seen.add(item.key)
        items.append(item)
    return items


def demonstrations(
    task: str,
    language: Language,
    k: int,
    seed: int,
    **options: Any,  # noqa: ANN401
) -> tuple[Example, ...]:
    """``k`` solved examples of the training split, for few-shot prompts."""
    if task in ("arithmetic", "arithmetic-hard"):
        task, options = "arithmetic", {"low": 2, "high": 3, **options}
    found = generate(task, language, k, seed, "train", **options)
    return tuple(as_example(item) for item in found)


def as_example(item: Item) -> Example:
    """An item as a solved example: its input (after its context), reply and steps."""
    parts = (item.elements.context, item.elements.input)
    return Example("\n".join(p for p in parts if p), item.completion, item.reasoning)
