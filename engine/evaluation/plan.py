"""Which cells a comparison runs, in the order in which they are asked and shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engine.decoding.params import Sampling
from engine.errors import BadSpec
from engine.evaluation.external import elements_with
from engine.evaluation.spec import CellKey, CompareSpec, Variant
from engine.prompting.elements import PromptElements
from engine.prompting.render import Message
from engine.prompting.strategies.base import Technique
from engine.prompting.strategies.composed import Composed
from engine.prompting.strategies.registry import TECHNIQUES, technique_class

CHAINS: Final = ("zero-shot-cot", "few-shot-cot")


def planned_cells(spec: CompareSpec) -> tuple[CellKey, ...]:
    """The cells to run: all of them, those of `only`, or the one of `branch`, in key order.

    Raises:
        BadSpec: A named cell lies outside the comparison.
    """
    samples = [sampling_of(spec, variant).samples for variant in spec.variants]
    every = tuple(
        CellKey(model, variant, item, sample)
        for model in range(len(spec.models))
        for variant in range(len(spec.variants))
        for item in range(len(spec.items))
        for sample in range(samples[variant])
    )
    wanted = (spec.branch.cell,) if spec.branch is not None else spec.only
    if not wanted:
        return every
    chosen = frozenset(wanted)
    unknown = chosen.difference(every)
    if unknown:
        raise BadSpec(
            f"The comparison has no cell {next(iter(unknown))}.",
            "Choose a cell inside its models, techniques, items and samples.",
        )
    return tuple(key for key in every if key in chosen)


def prompt_of(spec: CompareSpec, variant: Variant) -> PromptElements:
    """The prompt that a column asks with: its own, or the comparison's."""
    return variant.prompt if variant.prompt is not None else spec.prompt


def messages_for(spec: CompareSpec, key: CellKey) -> tuple[Message, ...]:
    """The messages of one cell, as its technique renders them, with all that was found for it.

    Raises:
        PromptError: Missing examples, an undefined variable, an empty prompt.
        BadSpec: An unknown technique.
    """
    variant, item = spec.variants[key.variant], spec.items[key.item]
    elements = elements_with(spec, key, prompt_of(spec, variant))
    return technique_of(spec, variant).messages(elements, item.variables)


def technique_of(spec: CompareSpec, variant: Variant) -> Technique:
    """The column's technique with its settings.

    A column that votes and names no base builds on the chain of thought that stands beside it
    (when exactly one kind does), so that the two columns differ in the vote alone.

    Raises:
        BadSpec: An unknown technique.
    """
    technique = technique_class(variant.technique)
    base = variant.base
    if technique.asks == "votes" and not base:
        beside = {one.technique for one in spec.variants if one.technique in CHAINS}
        base = beside.pop() if len(beside) == 1 else ""
    return technique(
        trigger=variant.trigger,
        shots=variant.shots,
        examples_as=variant.examples_as,
        base=base,
    )


def shows_examples(spec: CompareSpec) -> bool:
    """Whether any column shows the prompt's examples.

    Raises:
        BadSpec, PromptError: A technique is unknown, or cannot build on another.
    """
    for variant in spec.variants:
        technique = technique_of(spec, variant)
        if isinstance(technique, Composed):
            technique = technique.built_on(prompt_of(spec, variant))
        if technique.uses_examples:
            return True
    return False


def sampling_of(spec: CompareSpec, variant: Variant) -> Sampling:
    """How a column's tokens are chosen, and how many answers each item gets.

    The column's own sampling, else the comparison's. A technique whose samples must differ brings
    a temperature where the comparison is greedy and the column says nothing, and a number of
    samples where neither asks for more than one; one that cannot vary is asked once.
    """
    technique = TECHNIQUES.get(variant.technique, Technique)
    sampling = variant.sampling if variant.sampling is not None else spec.sampling
    if not technique.repeats:
        return replace(sampling, samples=1)
    samples = variant.samples or sampling.samples
    if samples == 1 and variant.samples == 0 and technique.default_samples:
        samples = technique.default_samples
    temperature = sampling.temperature
    if variant.sampling is None and temperature == 0.0:
        temperature = technique.default_temperature
    return replace(sampling, samples=samples, temperature=temperature)


def alone(spec: CompareSpec, key: CellKey) -> CompareSpec:
    """The comparison that asks one cell again, by itself ("verify alone")."""
    return replace(spec, only=(key,), branch=None, batch_size=1)
