"""Looking inside one forward pass: the request as a value. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from engine.errors import BadSpec
from engine.inspection.text_spec import ModelTextSpec

MOST_PAINTED: Final = 4096

MaskName = Literal["own", "causal", "prefix", "window", "full"]
MASKS: Final[tuple[MaskName, ...]] = ("own", "causal", "prefix", "window", "full")


@dataclass(frozen=True)
class Stroke:
    """A painted rectangle of the mask.

    Attributes:
        rows, cols: Queries and keys, first and one past the last.
        visible: Whether these queries see these keys.
    """

    rows: tuple[int, int]
    cols: tuple[int, int]
    visible: bool


@dataclass(frozen=True)
class MaskChoice:
    """Which mask the model is run with.

    Attributes:
        kind: ``"own"`` is the model's; the others replace it in every layer. Layers with a sliding
            window keep it.
        prefix: Tokens that see each other (kind ``"prefix"``).
        window: Keys that a query sees, itself included (kind ``"window"``).
        strokes: Painted over it, in order.
    """

    kind: MaskName = "own"
    prefix: int = 0
    window: int = 0
    strokes: tuple[Stroke, ...] = ()

    @property
    def own(self) -> bool:
        """Whether the model's mask stays as it is."""
        return self.kind == "own" and not self.strokes

    def check(self) -> None:
        """Raise `BadSpec` when a value is outside its range."""
        if self.kind not in MASKS:
            raise BadSpec(f"There is no mask “{self.kind}”.", f"Choose one of: {', '.join(MASKS)}.")
        if self.kind == "prefix" and self.prefix < 1:
            raise BadSpec("The prefix of the mask is empty.", "Give it at least one token.")
        if self.kind == "window" and self.window < 1:
            raise BadSpec("The window of the mask is empty.", "Let it hold at least one token.")


@dataclass(frozen=True)
class InspectSpec(ModelTextSpec):
    """Run one text through a model and keep queries and keys of chosen layers.

    Of an encoder-decoder without a `target` the decoder reads what the model itself says.

    Attributes:
        target_tokens: Most tokens of that.
        layers: Layers to keep, from 0; empty = all.
        heads: Query heads to keep, from 0; empty = all. The capture then holds these alone.
        mask: The mask to run with.
    """

    kind: ClassVar[str] = "inspect"

    target_tokens: int = 24
    layers: tuple[int, ...] = ()
    heads: tuple[int, ...] = ()
    mask: MaskChoice = field(default_factory=MaskChoice)

    def title(self) -> str:
        return f"Look inside {self.model.id}"

    def check(self) -> None:
        super().check()
        if any(number < 0 for number in (*self.layers, *self.heads)):
            raise BadSpec("A layer or head number is below 0.", "Count from 0.")
        self.mask.check()
