"""Built-in task sets: exercises of the teaching world as a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.extractors.exact import Exact
from engine.evaluation.extractors.last_answer import LastAnswer
from engine.evaluation.scoring import extract
from engine.evaluation.spec import CompareSpec, Variant
from engine.models.reference import ModelRef
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.render import ExamplesAs
from engine.prompting.strategies.label_likelihood import LEAD
from engine.prompting.strategies.registry import applicable, asks_for_steps, technique_class
from engine.prompting.template import literal
from engine.teaching.tasks import demonstrations, generate, task_names
from engine.teaching.tasks.item import Item as Exercise

MAX_NEW_TOKENS: Final = 192
SAID_PER_ITEM: Final = frozenset({"extraction"})
"""Tasks whose instruction carries part of the question."""
OWN_EXAMPLES: Final = {"rule": "shots", "conversation": "turns"}
"""Tasks whose items bring examples of their own, and the option that counts them."""


def exercises(
    task: str,
    language: Language,
    n: int,
    seed: int,
    options: Mapping[str, str | int | float] | None = None,
) -> list[Exercise]:
    """`n` held-out exercises of a task.

    Raises:
        BadSpec: There is no such task or it has no such option.
    """
    if task not in task_names():
        raise BadSpec(f"There is no task “{task}”.", f"Choose one of: {', '.join(task_names())}.")
    try:
        return generate(task, language, n, seed, "held-out", **dict(options or {}))
    except TypeError as error:
        raise BadSpec(
            f"The task “{task}” cannot be written with these options: {error}.",
            "Leave the option out or correct its name.",
        ) from error


def task_spec(
    task: str,
    *,
    language: Language = "en",
    n: int = 20,
    seed: int = 0,
    techniques: Sequence[str] | None = None,
    shots: int = 3,
    models: tuple[ModelRef, ...] = (ModelRef(),),
    sampling: Sampling | None = None,
    trigger: str = "",
    batch_size: int | None = None,
    options: Mapping[str, str | int | float] | None = None,
) -> CompareSpec:
    """A comparison of techniques on `n` held-out exercises.

    Args:
        task: A name of `engine.teaching.tasks.task_names`.
        language: Of prompt and exercises.
        n: How many exercises.
        seed: Chooses them; the demonstrations come from the training split.
        techniques: Ids of the columns; None = those that the task has examples and steps for.
        shots: Demonstrations to show (turns of the conversation, examples of the rule).
        models: Models to ask.
        sampling: None = greedy, with room for the longest steps.
        trigger: Sentence that asks for steps; empty = the language's own.
        batch_size: Most rows decoded together; None = by memory.
        options: The task's own, e.g. ``{"steps": 5}``.

    Raises:
        BadSpec: An unknown task or option.
    """
    chosen = dict(options or {})
    if task in OWN_EXAMPLES:
        chosen.setdefault(OWN_EXAMPLES[task], shots)
    found = exercises(task, language, n, seed, chosen)
    rule, expected = _rule_for(found)
    own = task in OWN_EXAMPLES
    layout: ExamplesAs = "turns" if task == "conversation" else "text"
    shown = _own_examples(found) if own else _demonstrations(task, language, shots, seed, chosen)
    prompt = _prompt(task, language, found, shown)
    return CompareSpec(
        models=models,
        prompt=prompt,
        variants=tuple(
            Variant(
                technique=technique,
                trigger=trigger if asks_for_steps(technique) else "",
                examples_as=layout,
                answer_trigger=_stated(rule, language) if _states(technique) else "",
            )
            for technique in (applicable(prompt) if techniques is None else techniques)
        ),
        items=tuple(
            Item(id=str(number), variables=_variables(exercise), expected=truth)
            for number, (exercise, truth) in enumerate(zip(found, expected, strict=True))
        ),
        sampling=sampling or Sampling(max_new_tokens=MAX_NEW_TOKENS, seed=seed),
        extraction=(rule,),
        batch_size=batch_size,
    )


def _states(technique: str) -> bool:
    return technique_class(technique).asks in ("two-stage", "likelihood", "knowledge")


def _stated(rule: str, language: Language) -> str:
    """What stands before an answer in this world; nothing where the reply is the answer."""
    return LEAD[language] if rule == LastAnswer.id else " "


def rule_of(exercise: Exercise) -> tuple[str, str]:
    """The extraction rule that fits an exercise's reply, and the answer it must find."""
    stated = extract(LastAnswer.id, exercise.completion, exercise.answer)
    if stated.correct:
        return LastAnswer.id, exercise.answer
    return Exact.id, exercise.completion


def _rule_for(found: Sequence[Exercise]) -> tuple[str, list[str]]:
    """One rule for a whole set: a stated answer where every reply states one, else the text."""
    rules = [rule_of(exercise) for exercise in found]
    if all(rule == LastAnswer.id for rule, _ in rules):
        return LastAnswer.id, [answer for _, answer in rules]
    return Exact.id, [exercise.completion for exercise in found]


def _prompt(
    task: str, language: Language, found: Sequence[Exercise], shown: tuple[Example, ...]
) -> PromptElements:
    """One prompt for the whole set: fixed words as they are, the rest as variables.

    A context belongs to its question, after the examples: so all items share one prefix.
    """
    instructions = [one.elements.instruction for one in found if one.elements.instruction]
    instruction = literal(instructions[0]) if instructions else ""
    return PromptElements(
        instruction="{{instruction}}" if task in SAID_PER_ITEM else instruction,
        examples=shown,
        input="{{input}}",
        language=language,
    )


def _variables(exercise: Exercise) -> dict[str, str]:
    parts = exercise.elements
    values = {"input": "\n".join(part for part in (parts.context, parts.input) if part)}
    if exercise.task in SAID_PER_ITEM:
        values["instruction"] = parts.instruction
    if exercise.task in OWN_EXAMPLES:
        for number, example in enumerate(parts.examples, start=1):
            values[f"example_{number}_input"] = example.input
            values[f"example_{number}_output"] = example.output
    return values


def _own_examples(found: Sequence[Exercise]) -> tuple[Example, ...]:
    """Examples that each item fills with its own."""
    count = min(len(exercise.elements.examples) for exercise in found)
    return tuple(
        Example(f"{{{{example_{number}_input}}}}", f"{{{{example_{number}_output}}}}")
        for number in range(1, count + 1)
    )


def _demonstrations(
    task: str, language: Language, shots: int, seed: int, options: Mapping[str, str | int | float]
) -> tuple[Example, ...]:
    """Solved exercises of the training split, in the form of the questions; keys in short texts."""
    chosen: dict[str, str | int | float] = {"sentences": 3} if task == "key" else {}
    if "form" in options:
        chosen["form"] = options["form"]
    shown = demonstrations(task, language, shots, seed, **chosen)
    return tuple(map(_literal, shown))


def _literal(example: Example) -> Example:
    return Example(literal(example.input), literal(example.output), literal(example.reasoning))
