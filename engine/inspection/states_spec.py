"""The attention of two models, or of two states of one, on the same text, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from engine.errors import BadSpec, PromptError
from engine.jobs.spec import Spec
from engine.models.reference import ModelRef
from engine.prompting.elements import Language
from engine.prompting.render import Message

if TYPE_CHECKING:
    from engine.inspection.capture import Capture
    from engine.inspection.states import Divergences


@dataclass(frozen=True)
class CompareStatesSpec(Spec):
    """Capture one text in two states and say how far their heads are apart.

    Attributes:
        first, second: The two models or states; a 4-bit load has other `LoadOptions`.
        text, messages, language, ids: What both read, as in `InspectSpec`.
        target: What the decoder of an encoder-decoder reads.
        layers: Which layers, from 0; empty = all.
    """

    kind: ClassVar[str] = "compare-attention"

    first: ModelRef = field(default_factory=ModelRef)
    second: ModelRef = field(default_factory=ModelRef)
    text: str = ""
    messages: tuple[Message, ...] = ()
    language: Language = "en"
    ids: tuple[int, ...] = ()
    target: str = ""
    layers: tuple[int, ...] = ()

    def title(self) -> str:
        return f"Compare the attention of {self.first.id} and {self.second.id}"

    def check(self) -> None:
        if not (self.ids or self.messages or self.text):
            raise PromptError("There is no text to look at.", "Type at least one character.")
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
