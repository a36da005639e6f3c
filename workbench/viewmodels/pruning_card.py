"""What a pruned file would hold, before any job has said so. Plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.spec import Anatomy
from engine.pruning.file_size import bitmask_bytes
from engine.pruning.live_spec import LiveState

BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Sizes:
    """Bytes of the weights' file.

    Attributes:
        dense: As it is.
        plain: Pruned, zeros stored as values.
        bits: Pruned, one bit per prunable weight and the values that stay.
    """

    dense: float
    plain: float
    bits: float


def sizes(anatomy: Anatomy | None, state: LiveState | None, ratio: float) -> Sizes | None:
    """What a file would hold; None while the model is not known."""
    if anatomy is None or state is None:
        return None
    each = BYTES.get(state.provenance.dtype, 4)
    whole = anatomy.parameters * each
    return Sizes(whole, whole, bitmask_bytes(whole, state.sizes, ratio, each))
