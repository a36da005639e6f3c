"""The methods that stretch a model, by name, and which of them go together. No torch here.

Every list is made from the classes in the two registries: a new method is one new file and one
line in one of them.
"""

from __future__ import annotations

from typing import Final

from engine.context.alibi import Alibi
from engine.context.attention.registry import RULES
from engine.context.part import Part
from engine.context.scaling.registry import SCALINGS
from engine.errors import BadSpec

PARTS: Final[dict[str, type[Part]]] = {**SCALINGS, **RULES, Alibi.name: Alibi}
SCALING_NAMES: Final = tuple(SCALINGS)
MOVING_NAMES: Final = tuple(name for name, rule in RULES.items() if rule.moves)
OTHER_RULES: Final = tuple(name for name, rule in RULES.items() if not rule.moves)
METHOD_NAMES: Final = tuple(PARTS)
TITLES: Final = {name: part.title for name, part in PARTS.items()}
USUAL: Final = tuple(name for name, part in PARTS.items() if part.usual)
"""Measured where nobody chose."""
JOINED: Final = tuple(
    f"{partner}+{name}" for name, part in PARTS.items() for partner in part.partners
)
"""Methods of two parts that are offered by name; every other allowed pair can be written."""


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a method: ``"yarn+log-n"`` is yarn and log-n."""
    return tuple(part.strip() for part in name.split("+"))


def check_method(name: str) -> None:
    """Raise `BadSpec` for a name that is unknown, or for parts that exclude each other."""
    parts = parts_of(name)
    for part in parts:
        if part not in METHOD_NAMES:
            raise BadSpec(f"There is no method “{part}”.", f"Choose of: {', '.join(METHOD_NAMES)}.")
    if len(set(parts)) < len(parts):
        raise BadSpec(f"The method “{name}” names a part twice.", "Name each part once.")
    for kind in (SCALING_NAMES, MOVING_NAMES):
        same = [part for part in parts if part in kind]
        if len(same) > 1:
            raise BadSpec(
                f"{same[0]} and {same[1]} exclude each other.", "Join one of them with log-n."
            )
