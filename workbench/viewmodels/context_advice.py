"""The advisor: what a person wants to do with a long text, and the way that fits it.

Each entry picks a method inside the model, a flow around it, or a short training. The person may
take something else: the advice only fills in the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

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
    Advice("long-qa", "documents", flow="retrieval"),
    Advice("dqa", "documents", flow="nbce"),
    Advice("long-summary", "documents", flow="map-reduce"),
    Advice("multi-turn", "documents", flow="retrieval"),
    Advice("persona", "measure", ("sinks",), lengths=("1x", "2x", "4x")),
    Advice("few-shot", "documents", flow="nbce"),
    Advice("novel", "measure", ("sinks",), flow="refine", lengths=("1x", "4x")),
)
BY_NAME: Final = {one.scenario: one for one in ADVICE}
SCENARIOS: Final = tuple(BY_NAME)
