"""Every way of asking by the name that techniques call it by (`Technique.asks`)."""

from __future__ import annotations

from engine.evaluation.asking.base import Asking
from engine.evaluation.asking.knowledge import Knowledge
from engine.evaluation.asking.likelihood import Likelihood
from engine.evaluation.asking.one_sample import OneSample
from engine.evaluation.asking.two_stage import TwoStage
from engine.evaluation.asking.votes import Votes
from engine.prompting.strategies.registry import TECHNIQUES

ASKINGS: dict[str, type[Asking]] = {
    "one-sample": OneSample,
    "votes": Votes,
    "two-stage": TwoStage,
    "knowledge": Knowledge,
    "likelihood": Likelihood,
}


def asking_for(technique: str) -> type[Asking]:
    """How a technique obtains its answers; an unknown one fails when it renders its prompt."""
    known = TECHNIQUES.get(technique)
    return ASKINGS[known.asks] if known is not None else OneSample
