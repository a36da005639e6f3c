"""A loaded model among the rows: which one is nearest, and in what it differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from engine.inspection.anatomy.rows.registry import ROWS

if TYPE_CHECKING:
    from engine.inspection.anatomy.rows.base import Row
    from engine.models.spec import Anatomy

Trait = Literal["structure", "position", "activation", "norm"]
TRAITS: Final[tuple[Trait, ...]] = ("structure", "position", "activation", "norm")
GATED_NAMES: Final = {"Swish": "SwiGLU", "GELU": "GEGLU", "ReLU": "ReGLU", "Sigmoid": "GLU"}


@dataclass(frozen=True)
class Difference:
    """A trait in which a model is not like a row: the model's value and the row's."""

    trait: Trait
    here: str
    there: str


@dataclass(frozen=True)
class Placed:
    """Where a model belongs in the table.

    Attributes:
        row: Id of the nearest row.
        differences: In what it is not like that row; empty = in nothing of the table.
        activation: The model's activation as the field writes it.
    """

    row: str
    differences: tuple[Difference, ...]
    activation: str


def place(anatomy: Anatomy) -> Placed:
    """The nearest row: most traits in common; of several the one that comes first in the table."""
    traits = _of_model(anatomy)
    row = max(ROWS, key=lambda row: sum(traits[t] == _of_row(row)[t] for t in TRAITS))
    there = _of_row(row)
    shown: dict[Trait, tuple[str, str]] = {
        "structure": (anatomy.structure, row.structure),
        "position": (anatomy.position_encoding, row.position),
        "activation": (traits["activation"], row.activation),
        "norm": (anatomy.norm, row.norm),
    }
    found = tuple(Difference(t, *shown[t]) for t in TRAITS if traits[t] != there[t])
    return Placed(row.id, found, traits["activation"])


def activation_name(configured: str, gated: bool) -> str:
    """A configured name (``"silu"``, ``"gelu_new"``, ``"BloomGelu"``) as the field writes it."""
    lowered = configured.lower()
    for word, name in (("gelu", "GELU"), ("silu", "Swish"), ("swish", "Swish"),
                       ("relu", "ReLU"), ("sigmoid", "Sigmoid")):  # fmt: skip
        if word in lowered:
            return GATED_NAMES[name] if gated or "gated" in lowered else name
    return configured


def _of_model(anatomy: Anatomy) -> dict[Trait, str]:
    return {
        "structure": anatomy.structure,
        "position": anatomy.position_kind,
        "activation": activation_name(anatomy.activation, anatomy.gated),
        "norm": anatomy.norm,
    }


def _of_row(row: Row) -> dict[Trait, str]:
    return {
        "structure": row.structure,
        "position": row.position_kind,
        "activation": {"GeGLU": "GEGLU"}.get(row.activation, row.activation),
        "norm": row.norm,
    }
