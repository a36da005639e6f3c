"""What if the model told positions otherwise: the question and its answer as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import Frequencies, RopeConfig, Scaling
from engine.context.scaling.longrope import LongRope
from engine.context.scaling.registry import scaling
from engine.errors import BadSpec
from engine.inspection.ablation_spec import Change
from engine.inspection.inside_spec import InsideSpec

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance

AlibiChange = Literal["keep", "add", "remove"]
SlopeRule = Literal["released", "textbook"]
KEEP: Final = "keep"
REMOVE: Final = "remove"
MOST_NEW: Final = 512
MOST_STRENGTH: Final = 64.0


@dataclass(frozen=True)
class CounterfactualSpec(InsideSpec):
    """Read a text with positions told in another way; nothing of it stays in the model.

    Attributes:
        rotation: ``"keep"``, ``"remove"``, or the name of a scaling preset.
        factor: Of the preset, 1 or more; 1 changes no bit, unless the preset goes by the length.
        length: Tokens that a length-dependent preset is computed for; 0 = the text with its
            continuation. One set of frequencies serves the whole run, so that no cached key was
            turned by another.
        long_factor: LongRoPE's divisors, one per pair; empty = the model's own.
        alibi: ``"add"`` puts linear biases on a decoder that has none, ``"remove"`` takes them
            from one that has.
        slopes: Which rule for the slopes that are added.
        strength: Factor on them.
        new_tokens: How many tokens to continue greedily, before and after; 0 = none.
        losses: Measure loss and KL at every token, too; without, only the distribution at `at`.
    """

    kind: ClassVar[str] = "position-swap"

    rotation: str = KEEP
    factor: float = 1.0
    length: int = 0
    long_factor: tuple[float, ...] = ()
    alibi: AlibiChange = "keep"
    slopes: SlopeRule = "released"
    strength: float = 1.0
    new_tokens: int = 0
    losses: bool = True

    @property
    def preset(self) -> Scaling | None:
        """The scaling preset, or None. Raises `BadSpec` for an unknown name."""
        if self.rotation in (KEEP, REMOVE):
            return None
        found = scaling(self.rotation)
        return LongRope(self.long_factor) if isinstance(found, LongRope) else found

    def title(self) -> str:
        return f"Other positions in {self.model.id}"

    def check(self) -> None:
        super().check()
        if self.preset is not None and not 1.0 <= self.factor < float("inf"):
            raise BadSpec(
                f"A context cannot be stretched by the factor {self.factor:g}.",
                "Choose a factor of 1 or more.",
            )
        if not 0 <= self.new_tokens <= MOST_NEW:
            raise BadSpec(
                f"{self.new_tokens} new tokens cannot be asked for.",
                f"Give a number from 0 to {MOST_NEW}.",
            )
        if not 0 <= self.strength <= MOST_STRENGTH:
            raise BadSpec(
                f"Slopes cannot be multiplied by {self.strength:g}.",
                f"Choose a factor from 0 to {MOST_STRENGTH:g}.",
            )


@dataclass(frozen=True, eq=False)
class CounterfactualResult:
    """What the change did.

    Attributes:
        tokens: What was read.
        at: The token whose distribution is shown.
        change: Of that distribution.
        loss_before, loss_after: Loss of each next token in nats, float32 ``[tokens - 1]``; empty
            when not asked for.
        kl: KL(before ‖ after) at each token in nats, float32 ``[tokens]``; likewise.
        text_before, text_after: Greedy continuations; empty when not asked for.
        rope: The model's own rotation, or None.
        inv_freq: Frequencies that were used, ``[pairs]``; empty without a rotation.
        attention: Factor on cos and sin that was used.
        slopes: Slopes that were added, ``[heads]``; empty when none were.
        length: Tokens that the frequencies were computed for.
        reused: Whether the text before the change was still known.
        seconds: From the model at hand to the result.
        provenance: Where the figures come from.
        trained: Positions that the model was made for; a longer text was read all the same.
    """

    tokens: tuple[str, ...]
    at: int
    change: Change
    loss_before: NDArray[np.float32]
    loss_after: NDArray[np.float32]
    kl: NDArray[np.float32]
    text_before: str
    text_after: str
    rope: RopeConfig | None
    inv_freq: Frequencies
    attention: float
    slopes: NDArray[np.float64]
    length: int
    reused: bool
    seconds: float
    provenance: Provenance
    trained: int | None = None

    @property
    def nll_before(self) -> float | None:
        """Mean loss before, nats per token; None when it was not measured."""
        return float(self.loss_before.mean()) if self.loss_before.size else None

    @property
    def nll_after(self) -> float | None:
        """Mean loss after."""
        return float(self.loss_after.mean()) if self.loss_after.size else None
