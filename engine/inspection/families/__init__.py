"""Families whose attention is written out in the module: how to read its parts there.

A family is one file with a function `parts` and one line in `FAMILIES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.inspection.families import bloom, deberta, falcon, gptj, mpt, plain

if TYPE_CHECKING:
    from engine.inspection.families.parts import Family

FAMILIES: Final[dict[str, Family]] = {
    "bloom": bloom.parts,
    "mpt": mpt.parts,
    "falcon": falcon.parts,
    "gptj": gptj.parts,
    "codegen": gptj.parts,
    "deberta": deberta.parts,
    "deberta-v2": deberta.parts,
}
"""model_type → how to read it."""


def family_of(model_type: str) -> Family:
    """How to read a family; an unknown one is taken to do the usual (q·k / √head_dim)."""
    return FAMILIES.get(model_type, plain.parts)
