"""Running a model under another mask, and what that does to it, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.ablation_spec import Change
from engine.inspection.inside_spec import InsideSpec
from engine.inspection.inspect_spec import MaskChoice

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance

Float = NDArray[np.float32]
MOST_SAID = 512


@dataclass(frozen=True)
class MaskSpec(InsideSpec):
    """The same text under the model's own mask and under another one.

    Attributes:
        mask: The other mask: a rule (causal, prefix, window, full) with painted rectangles over
            it. It takes the place of the causal rule in every layer; layers with a sliding window
            keep it.
        said: How many tokens to let the model continue under either mask, greedily; 0 = none. The
            new tokens see what the last token of the text sees, and each other.
    """

    kind: ClassVar[str] = "run-mask"

    mask: MaskChoice = field(default_factory=MaskChoice)
    said: int = 0

    def title(self) -> str:
        return f"Change the mask of {self.model.id}"

    def check(self) -> None:
        super().check()
        self.mask.check()
        if not 0 <= self.said <= MOST_SAID:
            raise BadSpec(
                f"{self.said} tokens cannot be said under a mask.",
                f"Give a number from 0 to {MOST_SAID}.",
            )


@dataclass(frozen=True, eq=False)
class MaskResult:
    """What another mask changed.

    Attributes:
        tokens: What was read.
        at: The token whose distribution is shown.
        seen: Which keys each query saw, bool ``[tokens, tokens]`` (sliding windows not drawn).
        change: Of the distribution at `at`.
        kl: KL(own mask ‖ other mask) at each token in nats, ``[tokens]``.
        loss_before, loss_after: Loss of each next token in nats, ``[tokens - 1]``; empty for an
            encoder, and when some token sees later ones: it then reads what it should predict.
        leaks: Whether some token sees a later one.
        own_error: Largest difference of the last layer's states between the model's own mask and
            the same mask painted, relative to their largest value: how well painting works here.
        text_before, text_after: How the text goes on; empty when nothing was to be said.
        provenance: Where the figures come from.
        trained: Positions that the model was made for; a longer text was read all the same.
    """

    tokens: tuple[str, ...]
    at: int
    seen: NDArray[np.bool_]
    change: Change
    kl: Float
    loss_before: Float
    loss_after: Float
    leaks: bool
    own_error: float
    text_before: str
    text_after: str
    provenance: Provenance
    trained: int | None = None
