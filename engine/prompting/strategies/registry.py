"""Every technique, in the order in which the screen shows them."""

from __future__ import annotations

from engine.errors import BadSpec
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
