"""ALiBi (Press et al. 2022): a penalty per distance that a model was trained with, or never has."""

from __future__ import annotations

from typing import ClassVar, Final

from engine.context.part import Part
from engine.errors import BadSpec

TWINS: Final = {"rope": "teach-alibi", "alibi": "teach-rope"}
"""For a model with one kind of positions the teaching model of the same lessons with the other."""


class Alibi(Part):
    """Direct extrapolation of a model that was trained so; of any other model it is refused."""

    name: ClassVar[str] = "alibi"
    title: ClassVar[str] = "ALiBi"
    formula: ClassVar[str] = "q·k − m_h·(i − j), m_h = 2^(−8h/H)"
    summary: ClassVar[str] = (
        "A penalty per distance, different in every head, from the first step of training on "
        "(Press et al. 2022)."
    )


def not_alibi() -> BadSpec:
    """Why ALiBi cannot be put into a model that was trained without."""
    return BadSpec(
        "ALiBi is a way to train: the weights of this model expect other positions, and a penalty "
        "that they never met would not make them read farther.",
        f"Compare with {TWINS['rope']}, which had the same lessons with ALiBi.",
    )
