"""Mask pictures measured from outside: change one token, see which outputs move.

No attention mask is read: what reaches what is seen in the outputs, so that a wrong mask, a
forgotten shift or a leak through a norm would show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from numpy.typing import NDArray

from engine.inspection.anatomy.table_spec import Half, MaskPicture

if TYPE_CHECKING:
    from torch import Tensor

    from engine.inspection.anatomy.rows.base import Structure
    from engine.inspection.anatomy.running import Runner

NOTHING: Final = 1e-9  # relative to the largest change, in float64
HALVES: Final[dict[str, tuple[Half, ...]]] = {
    "encoder-decoder": ("encoder", "decoder", "cross"),
    "encoder": ("encoder",),
    "causal decoder": ("decoder",),
    "prefix decoder": ("decoder",),
}


def mask_pictures(runner: Runner, ids: Tensor, other: Tensor) -> tuple[MaskPicture, ...]:
    """Every picture of a model.

    Args:
        runner: The model.
        ids: Tokens, ``[1, tokens]``.
        other: Tokens of the other half of an encoder-decoder, ``[1, tokens]``.
    """
    found = []
    for half in HALVES[runner.row.structure]:
        run = {
            "encoder": runner.decoder if runner.row.structure == "encoder" else runner.encoder,
            "decoder": runner.decoder,
            "cross": runner.cross,
        }[half]
        found.append(_picture(half, run, ids, other))
    return tuple(found)


def _picture(
    half: Half, run: Callable[[Tensor, Tensor], Tensor], ids: Tensor, other: Tensor
) -> MaskPicture:
    tokens = ids.shape[1]
    changed = ids.repeat(tokens + 1, 1)  # row 0 as it is, row j + 1 with token j replaced
    for j in range(tokens):
        changed[j + 1, j] = ids[0, j] + 1
    outputs = run(changed, other)
    moved = (outputs[1:] - outputs[0]).abs().amax(-1).T  # [output i, input j]
    influence = moved.numpy().astype(np.float64)
    influence = influence / max(float(influence.max()), 1e-300)
    return MaskPicture(half, influence, influence > NOTHING)


def expected(structure: Structure, half: Half, tokens: int, prefix: int) -> NDArray[np.bool_]:
    """What the textbook says the picture is, bool ``[tokens, tokens]``."""
    causal = np.tri(tokens, dtype=bool)
    if half == "cross" or half == "encoder":
        return np.ones((tokens, tokens), bool)
    if structure == "prefix decoder":
        causal[:prefix, :prefix] = True
    return causal


def leak(picture: MaskPicture, wanted: NDArray[np.bool_]) -> float:
    """Largest influence where there should be none; 1 where one that should be is missing."""
    if bool((wanted & ~picture.seen).any()):
        return 1.0
    outside = picture.influence[~wanted]
    return float(outside.max()) if outside.size else 0.0


def tokens_of(count: int, seed: int, vocabulary: int) -> tuple[Tensor, Tensor]:
    """Two rows of random tokens, ``[1, count]`` each, away from special ones and the last one."""
    dice = torch.Generator().manual_seed(seed)
    drawn = torch.randint(4, vocabulary - 1, (2, 1, count), generator=dice)
    return drawn[0], drawn[1]
