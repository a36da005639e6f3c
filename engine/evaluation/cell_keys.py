"""Names of the parts of a comparison: its cells and their intermediate texts. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StageKind = Literal["knowledge", "without", "with", "steps", "prior", "passage"]


@dataclass(frozen=True)
class CellKey:
    """Which cell: model × variant × item × sample, each an index into the spec's tuples."""

    model: int = 0
    variant: int = 0
    item: int = 0
    sample: int = 0


@dataclass(frozen=True)
class StageKey:
    """Whose tokens a `TokenChunk` of an intermediate text brings; the cell's own come by `CellKey`.

    Attributes:
        cell: The cell that the text serves.
        kind, index: As in `Stage`.
    """

    cell: CellKey
    kind: StageKind
    index: int = 0
