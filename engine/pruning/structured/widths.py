"""Which neurons and groups stay: the same number in every layer, or by one threshold for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from engine.pruning.structured.importance import Importance

Sharing = Literal["uniform", "per-layer"]
MULTIPLE: Final = 16
"""Widths stay multiples of this: matrix products are fastest in whole tiles."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What stays of every layer, as ascending numbers.

    Attributes:
        neurons: Per layer, of its MLP.
        groups: Per layer, of its key-value groups.
    """

    neurons: tuple[Tensor, ...]
    groups: tuple[Tensor, ...]


def kept(
    worth: Importance,
    *,
    neurons: float,
    groups: float,
    sharing: Sharing,
    multiple: int = MULTIPLE,
) -> Kept:
    """Choose what stays.

    Args:
        worth: Scores.
        neurons: Share of MLP neurons to cut.
        groups: Share of key-value groups to cut.
        sharing: ``"uniform"`` cuts as many everywhere (loads in any program), ``"per-layer"``
            standardises the scores of each layer and applies one threshold to all (FLAP).
        multiple: Widths are rounded to multiples of it, upwards.
    """
    return Kept(
        _chosen(worth.neurons, neurons, sharing, multiple),
        _chosen(worth.groups, groups, sharing, 1),
    )


def _chosen(
    scores: tuple[Tensor, ...], share: float, sharing: Sharing, multiple: int
) -> tuple[Tensor, ...]:
    counts = [round((1 - share) * len(one)) for one in scores]
    if sharing == "per-layer" and share > 0:
        standard = [(one - one.mean()) / one.std().clamp_min(1e-12) for one in scores]
        together = torch.cat(standard).sort(descending=True).values
        threshold = together[max(1, sum(counts)) - 1]
        counts = [int((one >= threshold).sum()) for one in standard]
    if share == 0:
        return tuple(torch.arange(len(one)) for one in scores)
    rounded = [
        min(len(one), max(multiple, -(-count // multiple) * multiple))
        for one, count in zip(scores, counts, strict=True)
    ]
    return tuple(
        one.argsort(descending=True, stable=True)[:count].sort().values.cpu()
        for one, count in zip(scores, rounded, strict=True)
    )
