"""Before the run and after it: file, memory, tokens per second, perplexity. Plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.spec import Anatomy
from engine.pruning.live_spec import LiveState
from engine.pruning.prune_spec import Loss, PruneResult

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
    """What a file would hold; None while the model is not known.

    A weight that is prunable costs one bit and, where it stays, its value.
    """
    if anatomy is None or state is None:
        return None
    each = BYTES.get(state.provenance.dtype, 4)
    whole = anatomy.parameters * each
    prunable = float(state.sizes.sum())
    bits = (anatomy.parameters - prunable) * each + prunable * (1 - ratio) * each + prunable / 8
    return Sizes(whole, whole, bits)


@dataclass(frozen=True)
class Losses:
    """Perplexities of the card: of the whole model, expected, measured."""

    dense: Loss | None
    expected: Loss | None
    measured: Loss | None


def losses(live: tuple[Loss, Loss] | None, result: PruneResult | None) -> Losses:
    """What to expect are the slider's masks; the job makes its own, matrix after matrix."""
    dense = result.dense if result is not None else live[0] if live is not None else None
    return Losses(
        dense, live[1] if live is not None else None, result.pruned if result is not None else None
    )
