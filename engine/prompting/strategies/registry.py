"""Every technique, in the order in which the screen shows them."""

from __future__ import annotations

from engine.errors import BadSpec
from engine.prompting.elements import PromptElements
from engine.prompting.strategies.base import Technique
from engine.prompting.strategies.generated_knowledge import GeneratedKnowledge
from engine.prompting.strategies.label_likelihood import LabelLikelihood
from engine.prompting.strategies.plain import PLAIN
from engine.prompting.strategies.retrieved_knowledge import RetrievedKnowledge
from engine.prompting.strategies.self_consistency import SelfConsistency
from engine.prompting.strategies.two_stage import TwoStage

TECHNIQUES: dict[str, type[Technique]] = PLAIN | {
    technique.id: technique
    for technique in (
        SelfConsistency,
        GeneratedKnowledge,
        RetrievedKnowledge,
        LabelLikelihood,
        TwoStage,
    )
}


def technique_class(technique_id: str) -> type[Technique]:
    """The technique of that id.

    Raises:
        BadSpec: There is none; the message lists what there is.
    """
    try:
        return TECHNIQUES[technique_id]
    except KeyError:
        known = ", ".join(TECHNIQUES)
        raise BadSpec(
            f"There is no technique “{technique_id}”.", f"Choose one of: {known}."
        ) from None


def asks_for_steps(technique_id: str) -> bool:
    """Whether its trigger is a sentence that asks for steps (knowledge is asked for otherwise).

    Raises:
        BadSpec: There is no such technique.
    """
    technique = technique_class(technique_id)
    return technique.uses_trigger and technique.asks != "knowledge"


def applicable(elements: PromptElements) -> tuple[str, ...]:
    """Ids of the plain techniques for which the prompt has what they need: examples, steps."""
    has_steps = any(example.reasoning.strip() for example in elements.examples)
    return tuple(
        name
        for name, technique in PLAIN.items()
        if (not technique.uses_examples or elements.examples)
        and (has_steps or not (technique.uses_examples and technique.uses_reasoning))
    )
