"""A test set as a comparison: its items under several techniques, examples taken from its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.datasets.dataset import ASSERTS, Dataset
from engine.evaluation.extractors.asserts import Asserts
from engine.evaluation.extractors.exact import Exact
from engine.evaluation.plan import shows_examples
from engine.evaluation.spec import CompareSpec, Variant
from engine.models.reference import ModelRef
from engine.prompting.elements import Example, Item, Language, PromptElements
from engine.prompting.render import ExamplesAs
from engine.prompting.strategies.registry import applicable, technique_class
from engine.prompting.template import fill, literal, variables_of

SHOTS: Final = 3
MAX_NEW_TOKENS: Final = 192
STATED: Final[dict[Language, str]] = {"en": "The answer is {answer}.", "zh": "答案是{answer}。"}
"""How an example states its answer, so that the rules find the model's in the same place."""


def prompt_and_rest(
    dataset: Dataset, prompt: PromptElements | None = None, shots: int = SHOTS
) -> tuple[PromptElements, Dataset]:
    """The prompt with examples, and the set without the items that became examples.

    A prompt that has examples of its own keeps them, and the set stays whole.

    Args:
        dataset: The set.
        prompt: What to ask with; None = the set's own prompt.
        shots: How many of its first answered items become examples; at least one item is left.
    """
    asked = prompt if prompt is not None else dataset.prompt
    if asked.examples or shots < 1 or dataset.mapping.expected in ("", ASSERTS):
        return asked, dataset
    answered = [place for place, item in enumerate(dataset.items) if item.expected]
    used = answered[: min(shots, len(dataset.items) - 1)]
    if not used:
        return asked, dataset
    from engine.evaluation.datasets.reading import chosen

    examples = tuple(_example(dataset, place, asked) for place in used)
    taken = frozenset(used)
    rest = [place for place in range(len(dataset.items)) if place not in taken]
    return replace(asked, examples=examples), chosen(dataset, rest)


def dataset_spec(
    dataset: Dataset,
    *,
    prompt: PromptElements | None = None,
    n: int | None = None,
    techniques: Sequence[str] | None = None,
    shots: int = SHOTS,
    examples_as: ExamplesAs = "text",
    models: tuple[ModelRef, ...] = (ModelRef(),),
    sampling: Sampling | None = None,
    trigger: str = "",
    extraction: tuple[str, ...] = (),
    batch_size: int | None = None,
    withhold: bool = False,
) -> CompareSpec:
    """A comparison of techniques on the set.

    The first items become examples only where a column shows them; then no column is asked these
    items, so that all columns answer the same ones.

    Args:
        dataset: The set.
        prompt: What to ask with; None = the set's own: its question in the input.
        n: At most so many items, from its start (after those that became examples).
        techniques: Ids of the columns; None = those that the prompt has examples and steps for.
        shots: Items that become examples when the prompt has none.
        examples_as: How the examples are laid out.
        models: Models to ask.
        sampling: None = greedy, with room for steps.
        trigger: Sentence that asks for steps; empty = the language's own.
        extraction: Rules; empty = those that fit the expected answers.
        batch_size: Most rows decoded together; None = by memory.
        withhold: Make examples whatever the columns show: others will be put in their place.

    Raises:
        BadSpec: No item is left, or a technique is unknown.
        PromptError: A text of the prompt is not a valid template, or names no column.
    """
    asked, rest = prompt_and_rest(dataset, prompt, shots)
    withheld = len(dataset.items) - len(rest.items)
    items = rest.items if n is None else rest.items[:n]
    if not items:
        raise BadSpec("The set has no item to ask.", "Ask at least one.")
    chosen = applicable(asked) if techniques is None else techniques
    spec = CompareSpec(
        models=models,
        prompt=asked,
        variants=tuple(
            Variant(
                technique=technique,
                trigger=trigger if technique_class(technique).uses_trigger else "",
                examples_as=examples_as,
            )
            for technique in chosen
        ),
        items=needed(items, asked),
        sampling=sampling or Sampling(max_new_tokens=MAX_NEW_TOKENS),
        extraction=extraction or dataset.rules,
        batch_size=batch_size,
        withheld=withheld,
    )
    if not withheld or withhold or shows_examples(spec):
        return spec
    whole = prompt if prompt is not None else dataset.prompt
    items = dataset.items if n is None else dataset.items[:n]
    return replace(spec, prompt=whole, items=needed(items, whole), withheld=0)


def _example(dataset: Dataset, place: int, prompt: PromptElements) -> Example:
    """A solved item, asked in the prompt's own words."""
    item, steps = dataset.items[place], dataset.steps[place]
    answer = item.expected or ""
    if dataset.rules[0] not in (Exact.id, Asserts.id):
        answer = STATED[prompt.language].format(answer=answer)
    return Example(literal(fill(prompt.input, item.variables)), literal(answer), literal(steps))


def needed(items: Sequence[Item], prompt: PromptElements) -> tuple[Item, ...]:
    """The items with those variables only that the prompt's texts name.

    Raises:
        PromptError: A text of the prompt is not a valid template.
    """
    texts = [
        prompt.instruction, prompt.context, prompt.input, prompt.output_indicator, prompt.system,
    ]  # fmt: skip
    for one in prompt.examples:
        texts += [one.input, one.output, one.reasoning]
    names = frozenset().union(*map(variables_of, texts))
    return tuple(
        replace(item, variables={k: text for k, text in item.variables.items() if k in names})
        for item in items
    )
