"""Writes the task presets: ``python -m engine.evaluation.make_presets [--model NAME …]``.

For each preset exercises are drawn seed by seed until every named model answers as the preset is
meant to show: the base tasks right with and without examples, the story wrong directly and right
with steps, the rule right only with examples. Without a model the first exercise is taken.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from engine.api import Engine
from engine.decoding.params import Sampling
from engine.evaluation.presets import FIRST, PRESETS, preset_file
from engine.evaluation.spec import CompareResult, CompareSpec, Variant
from engine.evaluation.tasks import rule_of
from engine.models.reference import LoadOptions, ModelRef
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.file import PromptFile, write_prompt
from engine.prompting.template import literal
from engine.teaching.tasks import LANGUAGES, demonstrations, generate
from engine.teaching.tasks.item import Item as Exercise

SHOTS: Final = 3
TRIES: Final = 24
SEEDS: Final = 4 * TRIES


@dataclass(frozen=True)
class Recipe:
    """How a preset is written, and what it is meant to show.

    Attributes:
        task: Whose exercises it takes.
        names: Its title in both languages.
        instructions: Its instruction in both languages; empty = the exercise's own.
        indicators: Output indicators in both languages.
        right, wrong: Techniques that must answer right, and wrong.
        options: Of the task.
    """

    task: str
    names: dict[Language, str]
    instructions: dict[Language, str]
    indicators: dict[Language, str]
    right: tuple[str, ...] = ("zero-shot", "few-shot")
    wrong: tuple[str, ...] = ()
    options: tuple[tuple[str, int], ...] = ()


NO_TEXT: Final[dict[Language, str]] = {"en": "", "zh": ""}
GIVE: Final[dict[Language, str]] = {"en": "Give the answer.", "zh": "给出答案。"}

RECIPES: Final[dict[str, Recipe]] = {
    FIRST: Recipe(
        "arithmetic",
        {"en": "A story in steps", "zh": "一步一步的故事"},
        {"en": "Solve the problem.", "zh": "解决这个问题。"},
        NO_TEXT,
        right=("few-shot-cot", "zero-shot-cot"),
        wrong=("zero-shot", "few-shot"),
        options=(("steps", 5),),
    ),
    "summarisation": Recipe(
        "summarisation",
        {"en": "Summarisation", "zh": "摘要"},
        {"en": "Summarise the text.", "zh": "总结这段文字。"},
        NO_TEXT,
    ),
    "extraction": Recipe(
        "extraction",
        {"en": "Information extraction", "zh": "信息提取"},
        NO_TEXT,
        GIVE,
    ),
    "question-answering": Recipe(
        "question-answering",
        {"en": "Question answering", "zh": "问答"},
        {"en": "Answer the question.", "zh": "回答问题。"},
        GIVE,
    ),
    "classification": Recipe(
        "classification",
        {"en": "Classification", "zh": "分类"},
        {"en": "Classify the review.", "zh": "给评论分类。"},
        {"en": "Answer positive or negative.", "zh": "回答正面或负面。"},
    ),
    "conversation": Recipe(
        "conversation",
        {"en": "Conversation", "zh": "对话"},
        NO_TEXT,
        NO_TEXT,
        right=("few-shot",),
        options=(("turns", 3),),
    ),
    "code": Recipe(
        "code",
        {"en": "Code", "zh": "代码"},
        {"en": "Write a Python expression.", "zh": "写一个 Python 表达式。"},
        NO_TEXT,
    ),
    "reasoning": Recipe(
        "reasoning",
        {"en": "Reasoning", "zh": "推理"},
        {"en": "Answer the question.", "zh": "回答问题。"},
        NO_TEXT,
        right=("zero-shot-cot", "few-shot-cot"),
    ),
    "rule": Recipe(
        "rule",
        {"en": "A rule that only examples show", "zh": "只有示例才说明的规则"},
        {"en": "Apply the rule.", "zh": "按规则作答。"},
        NO_TEXT,
        right=("few-shot",),
        wrong=("zero-shot",),
        options=(("shots", 4),),
    ),
}


def written(name: str, language: Language, seed: int) -> PromptFile:
    """The preset that one seed gives."""
    recipe = RECIPES[name]
    exercise = generate(recipe.task, language, 1, seed, "held-out", **dict(recipe.options))[0]
    own = exercise.elements.examples
    shown = own or _demonstrations(recipe, language, seed, exercise)
    prompt = exercise.elements
    rule, expected = rule_of(exercise)
    return PromptFile(
        elements=PromptElements(
            instruction=recipe.instructions[language] or literal(prompt.instruction),
            context=literal(prompt.context),
            examples=tuple(map(_literal, shown)),
            input=literal(prompt.input),
            output_indicator=recipe.indicators[language],
            language=language,
        ),
        name=recipe.names[language],
        items=(Item(expected=expected),),
        extraction=(rule,),
        examples_as="turns" if name == "conversation" else "text",
    )


def _demonstrations(
    recipe: Recipe, language: Language, seed: int, exercise: Exercise
) -> tuple[Example, ...]:
    """Solved exercises; for extraction those that ask for the same field."""
    if recipe.task != "extraction":
        return demonstrations(recipe.task, language, SHOTS, seed)
    pool = generate(recipe.task, language, 40, seed, "train")
    same = [one for one in pool if one.meta["field"] == exercise.meta["field"]]
    return tuple(Example(one.elements.input, one.completion) for one in same[:SHOTS])


def _literal(example: Example) -> Example:
    return Example(literal(example.input), literal(example.output), literal(example.reasoning))


def trial(prompts: tuple[PromptFile, ...], recipe: Recipe, model: ModelRef) -> CompareSpec:
    """One comparison that asks every candidate under every technique that matters."""
    techniques = (*recipe.right, *recipe.wrong)
    first = prompts[0]
    return CompareSpec(
        models=(model,),
        variants=tuple(
            Variant(
                technique,
                name=f"{number} {technique}",
                examples_as=candidate.examples_as,
                prompt=candidate.elements,
            )
            for number, candidate in enumerate(prompts)
            for technique in techniques
        ),
        items=(Item(),),
        sampling=Sampling(max_new_tokens=160),
        extraction=first.extraction,
    )


def shows(
    result: CompareResult, prompts: tuple[PromptFile, ...], recipe: Recipe
) -> dict[int, float]:
    """Which candidates do what the recipe means to show, and how surely.

    Returns:
        Candidate number → the least lead, in nats, of a chosen token over the next likeliest: with
        a small one another processor's rounding might turn an answer.
    """
    from engine.evaluation.scoring import judge

    good = dict.fromkeys(range(len(prompts)), math.inf)
    for cell in result.cells:
        name, technique = cell.variant.split(" ", 1)
        number = int(name)
        truth = prompts[number].items[0].expected
        correct = bool(cell.extractions) and judge(cell.extractions[0], truth).correct is True
        if correct != (technique in recipe.right):
            good.pop(number, None)
        elif number in good:
            leads = [token.top[0].logprob - token.top[1].logprob for token in cell.tokens]
            good[number] = min([good[number], *leads])
    return good


def search(
    name: str, language: Language, models: tuple[ModelRef, ...], engine: Engine
) -> PromptFile:
    """The surest preset, of the first seeds among which one shows on every model what it should.

    Raises:
        LookupError: None of `SEEDS` seeds does.
    """
    recipe = RECIPES[name]
    for start in range(0, SEEDS, TRIES):
        prompts = tuple(written(name, language, seed) for seed in range(start, start + TRIES))
        sure = dict.fromkeys(range(TRIES), math.inf)
        for model in models:
            places = sorted(sure)
            if not places:
                break
            kept = tuple(prompts[number] for number in places)
            result = engine.submit(trial(kept, recipe, model)).result()
            assert isinstance(result, CompareResult)
            leads = {places[number]: lead for number, lead in shows(result, kept, recipe).items()}
            sure = {number: min(sure[number], lead) for number, lead in leads.items()}
        if sure:
            return prompts[max(sure, key=lambda number: (sure[number], -number))]
    raise LookupError(f"no preset “{name}” ({language}) among {SEEDS} seeds")


def make(models: tuple[ModelRef, ...]) -> Iterator[str]:
    """Write every preset; yields one line about each."""
    engine = Engine()
    try:
        for name in PRESETS:
            for language in LANGUAGES:
                try:
                    found = search(name, language, models, engine)
                    verdict = "written"
                except LookupError as error:
                    found, verdict = written(name, language, 0), f"NOT FOUND: {error}"
                write_prompt(preset_file(name, language), replace(found, extra={"preset": name}))
                yield f"{name} {language}: {verdict}"
    finally:
        engine.close()


def main() -> int:
    """The command line; 1 when a preset does not show what it should."""
    parser = argparse.ArgumentParser(prog="python -m engine.evaluation.make_presets")
    parser.add_argument("--model", action="append", default=[], help="repeat for several")
    options = parser.parse_args()
    refs = tuple(ModelRef(name, options=LoadOptions(dtype="float32")) for name in options.model)
    failed = False
    for line in make(refs):
        failed = failed or "NOT FOUND" in line
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
