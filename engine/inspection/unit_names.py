"""How a part of a model is written: ``2.3``, ``mlp:2``, ``attention:2``, ``cross/2.3``."""

from __future__ import annotations

import re
from typing import Final, cast

from engine.errors import BadSpec
from engine.inspection.ablation_spec import Part, Unit
from engine.inspection.capture import Role

WRITTEN: Final = re.compile(
    r"(?:(?P<role>self|encoder|cross)/)?(?:(?P<part>attention|mlp):)?(?P<layer>\d+)(?:\.(?P<head>\d+))?"
)


def unit_name(unit: Unit) -> str:
    """The part in writing; `unit_of` reads it back."""
    role = "" if unit.role == "self" else f"{unit.role}/"
    place = f"{unit.layer}.{unit.head}" if unit.part == "head" else f"{unit.part}:{unit.layer}"
    return f"{role}{place}"


def unit_of(text: str) -> Unit:
    """Read a part.

    Raises:
        BadSpec: It is not written like one.
    """
    found = WRITTEN.fullmatch(text.strip())
    if found is None or (found["part"] is None) == (found["head"] is None):
        raise BadSpec(
            f"“{text}” is no part of a model.",
            "Write layer.head as in 2.3, or mlp:2, attention:2, encoder/2.3, cross/2.3.",
        )
    role = cast(Role, found["role"] or "self")
    part = cast(Part, found["part"] or "head")
    return Unit(int(found["layer"]), int(found["head"] or 0), part, role)
