"""Every technique, in the order in which the screen shows them."""

from __future__ import annotations

from engine.errors import BadSpec
from engine.prompting.elements import PromptElements
from engine.prompting.strategies.base import Technique
from engine.prompting.strategies.few_shot import FewShot
from engine.prompting.strategies.few_shot_cot import FewShotChainOfThought
from engine.prompting.strategies.zero_shot import ZeroShot
from engine.prompting.strategies.zero_shot_cot import ZeroShotChainOfThought

TECHNIQUES: dict[str, type[Technique]] = {
    technique.id: technique
    for technique in (ZeroShot, FewShot, FewShotChainOfThought, ZeroShotChainOfThought)
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


def applicable(elements: PromptElements) -> tuple[str, ...]:
    """Ids of the techniques for which the prompt has what they need: examples, steps."""
    has_steps = any(example.reasoning.strip() for example in elements.examples)
    return tuple(
        name
        for name, technique in TECHNIQUES.items()
        if (not technique.uses_examples or elements.examples)
        and (has_steps or not (technique.uses_examples and technique.uses_reasoning))
    )
