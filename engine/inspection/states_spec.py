"""The attention of two models, or of two states of one, on the same text, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from engine.errors import BadSpec
from engine.inspection.text_spec import TextSpec
from engine.models.reference import ModelRef

if TYPE_CHECKING:
    from engine.inspection.capture import Capture
    from engine.inspection.states import Divergences


@dataclass(frozen=True)
class CompareStatesSpec(TextSpec):
    """Capture one text in two states and say how far their heads are apart.

    Attributes:
        first, second: The two models or states; a 4-bit load has other `LoadOptions`.
        layers: Which layers, from 0; empty = all.
    """

    kind: ClassVar[str] = "compare-attention"

    first: ModelRef = field(default_factory=ModelRef)
    second: ModelRef = field(default_factory=ModelRef)
    layers: tuple[int, ...] = ()

    def title(self) -> str:
        return f"Compare the attention of {self.first.id} and {self.second.id}"

    def check(self) -> None:
        super().check()
        if any(layer < 0 for layer in self.layers):
            raise BadSpec("A layer number is below 0.", "Count from 0.")
        if self.first == self.second:
            raise BadSpec(
                "A state cannot be compared with itself.",
                "Choose another model, or another load of it.",
            )


@dataclass(frozen=True, eq=False)
class StatesPair:
    """Both captures and what sets them apart.

    Attributes:
        first, second: The captures, for difference maps (`engine.inspection.states`).
        divergences: Of every head.
    """

    first: Capture
    second: Capture
    divergences: Divergences
