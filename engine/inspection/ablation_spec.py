"""Taking parts out of a model while it reads, and what that does to it, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.capture import Role
from engine.inspection.inside_spec import InsideSpec

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance

Method = Literal["zero", "mean"]
Part = Literal["head", "attention", "mlp"]
Scope = Literal["last", "all"]


@dataclass(frozen=True)
class Unit:
    """A part of a model that can be taken out.

    Attributes:
        layer: From 0.
        head: Query head from 0; of no meaning for a whole attention or MLP.
        part: One head (its slice of what enters the output projection), the whole attention
            (what the projection gives, its bias included), or the whole MLP.
        role: Self-attention of a decoder (or of the only stack), of an encoder-decoder's encoder,
            or cross-attention.
    """

    layer: int
    head: int = 0
    part: Part = "head"
    role: Role = "self"


@dataclass(frozen=True)
class AblateSpec(InsideSpec):
    """What the model says without some of its heads, attentions or MLPs.

    Attributes:
        units: What is taken out, all at once; empty = nothing (the plain distribution).
        method: What stands in their place: zeros, or the part's mean over the tokens of this text.
        scope: ``"last"`` takes them out at the shown token only, over the kept keys and values
            (fast); ``"all"`` at every token, exactly as a whole forward pass without them.
    """

    kind: ClassVar[str] = "ablate-heads"

    units: tuple[Unit, ...] = ()
    method: Method = "zero"
    scope: Scope = "last"

    def title(self) -> str:
        if len(self.units) == 1 and self.units[0].part == "head":
            return f"Without head {self.units[0].layer}.{self.units[0].head}"
        return f"Without {len(self.units)} parts"

    def check(self) -> None:
        super().check()
        for unit in self.units:
            if unit.layer < 0 or unit.head < 0:
                raise BadSpec(
                    f"There is no head {unit.head} in layer {unit.layer}.",
                    "Layers and heads are counted from 0.",
                )


@dataclass(frozen=True)
class TokenChange:
    """One candidate for the next token, before and after.

    Attributes:
        id: Token id.
        text: As shown.
        before, after: Its probability.
        logit_delta: Its logit after minus before.
        rank_before, rank_after: Its place among all tokens, 1 = likeliest.
    """

    id: int
    text: str
    before: float
    after: float
    logit_delta: float
    rank_before: int
    rank_after: int


@dataclass(frozen=True)
class Change:
    """How one distribution moved.

    Attributes:
        tokens: The likeliest of either, most likely before first.
        kl: KL(before ‖ after) in nats over the whole vocabulary.
        entropy_before, entropy_after: In nats.
    """

    tokens: tuple[TokenChange, ...]
    kl: float
    entropy_before: float
    entropy_after: float

    @property
    def top_changed(self) -> bool:
        """Whether another token is likeliest now."""
        return not any(one.rank_before == one.rank_after == 1 for one in self.tokens)


@dataclass(frozen=True, eq=False)
class AblateResult:
    """What taking the units out did.

    Attributes:
        tokens: What was read.
        at: The token whose distribution is shown.
        change: Of that distribution.
        loss_before, loss_after: Loss of each next token in nats, float32 ``[tokens - 1]``; empty
            when only the shown token was touched, and for an encoder.
        kl: KL(before ‖ after) at each token, float32 ``[tokens]``; empty likewise, but filled
            for an encoder.
        reused: Whether the text was still known from an earlier question.
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
