"""Techniques that need one answer and nothing else, in the order in which the screen shows them."""

from __future__ import annotations

from engine.prompting.strategies.base import Technique
from engine.prompting.strategies.few_shot import FewShot
from engine.prompting.strategies.few_shot_cot import FewShotChainOfThought
from engine.prompting.strategies.zero_shot import ZeroShot
from engine.prompting.strategies.zero_shot_cot import ZeroShotChainOfThought

PLAIN: dict[str, type[Technique]] = {
    technique.id: technique
    for technique in (ZeroShot, FewShot, FewShotChainOfThought, ZeroShotChainOfThought)
}
