"""Which cells a comparison runs, in the order in which they are asked and shown."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import BadSpec
from engine.evaluation.spec import CellKey, CompareSpec, Variant
from engine.prompting.elements import PromptElements
from engine.prompting.render import Message
from engine.prompting.strategies.registry import technique_class


def planned_cells(spec: CompareSpec) -> tuple[CellKey, ...]:
    """The cells to run: all of them, those of `only`, or the one of `branch`, in key order.

    Raises:
        BadSpec: A named cell lies outside the comparison.
    """
    every = tuple(
        CellKey(model, variant, item, sample)
        for model in range(len(spec.models))
        for variant in range(len(spec.variants))
        for item in range(len(spec.items))
        for sample in range(spec.sampling.samples)
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
    """The messages of one cell, as its technique renders them.

    Raises:
        PromptError: Missing examples, an undefined variable, an empty prompt.
        BadSpec: An unknown technique.
    """
    variant, item = spec.variants[key.variant], spec.items[key.item]
    technique = technique_class(variant.technique)(
        trigger=variant.trigger, shots=variant.shots, examples_as=variant.examples_as
    )
    return technique.messages(prompt_of(spec, variant), item.variables)


def alone(spec: CompareSpec, key: CellKey) -> CompareSpec:
    """The comparison that asks one cell again, by itself ("verify alone")."""
    return replace(spec, only=(key,), branch=None, batch_size=1)
