"""Rules that only the examples reveal: which field of a record to give, and in which form."""

from __future__ import annotations

import random

from engine.prompting.elements import Example, Language, PromptElements
from engine.teaching.tasks.item import Item
from engine.teaching.tasks.words import ANIMALS, COLOURS, FOODS, JOBS, NAMES, pick

INSTRUCTIONS: dict[Language, tuple[str, ...]] = {
    "en": ("Apply the rule.", "Follow the rule.", ""),
    "zh": ("按规则作答。", "应用规则。", ""),
}
FIELDS = ("name", "colour", "animal", "job", "food")
FORMS: tuple[str, ...] = ("{}", "{}", "[{}]", "{}!", "({})")


def _record(rng: random.Random, language: Language) -> tuple[str, ...]:
    return (
        rng.choice(NAMES[language]),
        pick(rng, COLOURS, language),
        pick(rng, ANIMALS, language),
        pick(rng, JOBS, language),
        pick(rng, FOODS, language),
    )


def _written(record: tuple[str, ...], language: Language) -> str:
    return ("，" if language == "zh" else ", ").join(record)


def make(
    rng: random.Random, language: Language, *, shots: int | None = None, most_shots: int = 6
) -> Item:
    """A record with ``shots`` examples of the hidden rule (0..``most_shots`` if None)."""
    count = shots if shots is not None else rng.randint(0, most_shots)
    position = rng.randrange(len(FIELDS))
    form = rng.choice(FORMS)
    records = [_record(rng, language) for _ in range(count + 1)]
    *shown, last = [
        Example(_written(record, language), form.format(record[position])) for record in records
    ]
    return Item(
        task="rule",
        language=language,
        elements=PromptElements(
            instruction=rng.choice(INSTRUCTIONS[language]),
            examples=tuple(shown),
            input=last.input,
            language=language,
        ),
        answer=last.output,
        completion=last.output,
        examples_as="turns" if rng.random() < 0.2 else "text",
        key=f"rule {last.input}",
        meta={"shots": count, "field": FIELDS[position]},
    )
