"""Which passages a cell of a comparison reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.errors import PromptError
from engine.evaluation.cell_keys import CellKey
from engine.prompting.knowledge import FoundPassage, Knowledge, informed
from engine.prompting.strategies.composed import Composed
from engine.prompting.strategies.registry import TECHNIQUES

if TYPE_CHECKING:
    from engine.evaluation.spec import CellResult, CompareSpec, Variant
    from engine.prompting.elements import PromptElements

PASSAGE: Final = "passage"
"""Kind of the stages that keep what was retrieved."""


def knowledge_of(spec: CompareSpec, variant: Variant) -> Knowledge:
    """What a column was given to know: its own, or the comparison's."""
    return variant.knowledge if variant.knowledge is not None else spec.knowledge


def reads(spec: CompareSpec, variant: Variant) -> bool:
    """Whether a column reads passages of documents."""
    technique = TECHNIQUES.get(variant.technique)
    needs = technique is not None and technique.reads_documents
    return needs or knowledge_of(spec, variant).everywhere


def looked_up(spec: CompareSpec, variant: Variant) -> bool:
    """Whether passages were looked for that a column reads."""
    return reads(spec, variant) and bool(knowledge_of(spec, variant))


def found_for(spec: CompareSpec, variant: Variant, item: int) -> tuple[FoundPassage, ...]:
    """The passages for a column's item, best first; none where it reads none.

    Raises:
        PromptError: Its technique needs documents, and there are none.
    """
    if not reads(spec, variant):
        return ()
    knowledge = knowledge_of(spec, variant)
    if not knowledge:
        raise PromptError(
            f"The technique “{variant.technique}” needs documents, and there are none.",
            "Add at least one document to the prompt.",
        )
    return knowledge.of_item(item)


def passages_sent(cell: CellResult) -> tuple[int, ...]:
    """Numbers of the passages in a cell's prompt, in reading order."""
    return tuple(stage.index for stage in cell.stages if stage.kind == PASSAGE)


def fewer_text(spec: CompareSpec, cell: CellResult) -> str | None:
    """That fewer passages than were found are in a cell's prompt, or none were; else None."""
    variant = spec.variants[cell.key.variant]
    knowledge = knowledge_of(spec, variant)
    if not (cell.sent and looked_up(spec, variant)):
        return None
    found, sent = len(knowledge.of_item(cell.key.item)), len(passages_sent(cell))
    if not found:
        return "No passage was found for the question."
    return f"{sent} of {found} passages that were found fit the window." if sent < found else None


def written_out(spec: CompareSpec, cell: CellResult) -> CompareSpec:
    """The comparison with the passages that a cell was sent written into its column's prompt.

    For whoever takes prompts apart and knows nothing of documents.
    """
    from engine.evaluation.plan import prompt_of, technique_of

    variant = spec.variants[cell.key.variant]
    numbers = passages_sent(cell)
    if not looked_up(spec, variant):
        return spec
    elements = prompt_of(spec, variant)
    whole = informed(elements, knowledge_of(spec, variant), numbers)
    technique = technique_of(spec, variant)
    name = variant.technique
    if isinstance(technique, Composed) and technique.reads_documents:
        name = technique.built_on(elements).id
    own = replace(variant, technique=name, name=variant.label, prompt=whole, knowledge=Knowledge())
    variants = [own if at == cell.key.variant else one for at, one in enumerate(spec.variants)]
    return replace(spec, variants=tuple(variants))


def elements_with(spec: CompareSpec, key: CellKey, elements: PromptElements) -> PromptElements:
    """A cell's elements with every passage that was found for it.

    Raises:
        PromptError: Its technique needs documents, and there are none.
    """
    variant = spec.variants[key.variant]
    numbers = [one.passage for one in found_for(spec, variant, key.item)]
    return informed(elements, knowledge_of(spec, variant), numbers)
