"""The position table of a model as a question and as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from engine.inspection.capture import Float
from engine.inspection.positions.sinusoidal import Layout
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef

TableKind = Literal["learned", "sinusoidal"]


@dataclass(frozen=True)
class PositionTableSpec(Spec):
    """Read the table that a model adds to its embeddings.

    Attributes:
        model: The model.
    """

    kind: ClassVar[str] = "position-table"

    model: ModelRef = field(default_factory=ModelRef)

    def title(self) -> str:
        return f"Position table of {self.model.id}"


@dataclass(frozen=True, eq=False)
class PositionTable:
    """A table of positions.

    Attributes:
        module: Qualified name of the embedding.
        kind: Learned, or sines and cosines.
        rows: As stored, float32 ``[rows, dim]``.
        offset: Row of position 0; OPT and BART start at 2, RoBERTa behind its padding row.
        layout: Of sinusoids, how sines and cosines stand; None of a learned table.
        deviation: Largest |row − closed formula| of sinusoids; 0 of a learned table.
    """

    module: str
    kind: TableKind
    rows: Float
    offset: int
    layout: Layout | None = None
    deviation: float = 0.0

    @property
    def positions(self) -> int:
        """Positions that the model can tell apart."""
        return len(self.rows) - self.offset
