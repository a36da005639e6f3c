"""The built-in case: among examples of a hidden rule, one contradicts the others. Free of torch.

It is the situation of a published debugging session (a wrong recommendation among three few-shot
examples, `prompt_examples.jsonl` of the Learning Interpretability Tool), made of a task that the
teaching models master: every record's examples show one of its fields, the wrong one another.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.evaluation.spec import CompareSpec, Variant
from engine.evaluation.tasks import task_spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Item, Language

SHOTS: Final = 4
WRONG: Final = SHOTS - 1  # models weigh the last example most
SEPARATORS: Final[dict[Language, str]] = {"en": ", ", "zh": "，"}


def contradicted(
    language: Language = "en",
    n: int = 24,
    *,
    seed: int = 0,
    wrong: int = WRONG,
    models: tuple[ModelRef, ...] = (ModelRef(),),
) -> CompareSpec:
    """`n` questions about a rule, each with `SHOTS` examples of which the same one is wrong.

    The wrong example answers with another field of its record, in the right form.

    Args:
        language: Of the questions.
        n: How many.
        seed: Chooses them.
        wrong: Number of the wrong example (0-based).
        models: Whom to ask.
    """
    spec = task_spec(
        "rule",
        language=language,
        n=n,
        seed=seed,
        techniques=("few-shot",),
        shots=SHOTS,
        models=models,
    )
    return replace(
        spec,
        variants=(Variant("few-shot"),),
        items=tuple(_spoiled(item, wrong, language) for item in spec.items),
    )


def _spoiled(item: Item, wrong: int, language: Language) -> Item:
    name = f"example_{wrong + 1}_output"
    fields = item.variables[f"example_{wrong + 1}_input"].split(SEPARATORS[language])
    said = item.variables[name]
    place = max(
        (number for number, value in enumerate(fields) if value in said),
        key=lambda number: len(fields[number]),
    )
    other = fields[(place + 1) % len(fields)]
    return replace(item, variables={**item.variables, name: said.replace(fields[place], other)})
