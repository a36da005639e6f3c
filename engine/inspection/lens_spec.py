"""What the model would say after each layer, as a value (the logit lens, nostalgebraist 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.inside_spec import InsideSpec

if TYPE_CHECKING:
    from engine.evaluation.spec import Provenance

Float = NDArray[np.float32]


@dataclass(frozen=True)
class LensSpec(InsideSpec):
    """Final norm and output head on the residual stream after each layer, under each token.

    Attributes:
        layers: Which layers, from 0; empty = all. What enters the first layer is always shown.
        top: How many of the likeliest tokens per cell.
    """

    kind: ClassVar[str] = "logit-lens"

    layers: tuple[int, ...] = ()
    top: int = 5

    def title(self) -> str:
        return f"Logit lens of {self.model.id}"

    def check(self) -> None:
        super().check()
        if any(layer < 0 for layer in self.layers):
            raise BadSpec("A layer number is below 0.", "Count from 0.")


@dataclass(frozen=True, eq=False)
class LensRow:
    """One depth under all tokens.

    Attributes:
        layer: After which layer; -1 = what enters the first one.
        top_ids: Likeliest tokens, int32 ``[tokens, top]``, most likely first.
        top_probs: Their probabilities ``[tokens, top]``.
        final_prob: Probability of the token that the whole model finds likeliest ``[tokens]``.
        final_rank: Its place among all tokens, 1 = likeliest, int32 ``[tokens]``.
        next_prob: Probability of the token that really follows ``[tokens - 1]``; empty for an
            encoder.
        entropy: In nats ``[tokens]``.
        kl: KL(whole model ‖ this depth) in nats ``[tokens]``.
    """

    layer: int
    top_ids: NDArray[np.int32]
    top_probs: Float
    final_prob: Float
    final_rank: NDArray[np.int32]
    next_prob: Float
    entropy: Float
    kl: Float


@dataclass(frozen=True, eq=False)
class LensResult:
    """The lens at every chosen depth.

    Attributes:
        tokens: What was read.
        final_ids: What the whole model finds likeliest under each token, int32 ``[tokens]``.
        rows: Depths from the first to the last; the last row is the model's own output.
        names: Text of every token id that a row or `final_ids` names.
        layer_count: Layers of the stack.
        provenance: Where the figures come from.
        trained: Positions that the model was made for; a longer text was read all the same.
    """

    tokens: tuple[str, ...]
    final_ids: NDArray[np.int32]
    rows: tuple[LensRow, ...]
    names: dict[int, str]
    layer_count: int
    provenance: Provenance
    trained: int | None = None

    def settled(self) -> NDArray[np.int32]:
        """Per token the first of the shown layers from which on the final token stays likeliest.

        Returns:
            int32 ``[tokens]``: -1 = it was so before the first layer.
        """
        found = np.full(len(self.tokens), self.layer_count, np.int32)
        held = np.ones(len(self.tokens), np.bool_)
        for row in reversed(self.rows):
            held &= row.final_rank == 1
            found[held] = row.layer
        return found
