"""The advisor: what a person wants to do with a long text, and the way that fits it.

Each entry picks a method inside the model, a flow around it, or a short training. The person may
take something else: the advice only fills in the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.context.documents.advisor import Advice as Scene
from engine.context.documents.advisor import scenes

Place = Literal["none", "measure", "training", "documents"]


@dataclass(frozen=True)
class Advice:
    """What one kind of task is best done with.

    Attributes:
        scenario: Its name.
        place: Where it happens: nothing at all, in the model, in training, around the model.
        methods: Methods inside the model, the first one first.
        flow: Flow around the model, or empty.
        lengths: Lengths worth measuring.
    """

    scenario: str
    place: Place
    methods: tuple[str, ...] = ()
    flow: str = ""
    lengths: tuple[str, ...] = ()


INSIDE: Final = {"persona"}
"""Scenes whose method inside the model suits better than a flow around it."""


def _of_scene(name: str, scene: Scene) -> Advice:
    """A scene of the lecture, as the engine advises."""
    methods = (scene.method,) if scene.method else ()
    if name in INSIDE:
        return Advice(name, "measure", methods, scene.flow, ("1x", "2x", "4x"))
    return Advice(name, "documents", methods, scene.flow)


ADVICE: Final[tuple[Advice, ...]] = (
    Advice("fits", "none", ("direct",), lengths=("1x",)),
    Advice("twice", "measure", ("ntk-request", "yarn", "rerope"), lengths=("1x", "2x")),
    Advice(
        "eightfold",
        "measure",
        ("rerope", "rerope+log-n", "self-extend", "yarn"),
        lengths=("1x", "2x", "4x", "8x"),
    ),
    Advice("trained", "training", ("linear", "yarn"), lengths=("1x", "4x")),
    *(_of_scene(name, scene) for name, scene in scenes().items()),
)
BY_NAME: Final = {one.scenario: one for one in ADVICE}
SCENARIOS: Final = tuple(BY_NAME)
