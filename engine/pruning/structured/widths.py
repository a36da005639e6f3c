"""Which parts stay: the same number in every layer, or by one threshold for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from engine.pruning.structured.importance import Importance
from engine.pruning.structured_spec import Widths

MULTIPLE: Final = 16
"""Widths stay multiples of this: matrix products are fastest in whole tiles."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What stays of every layer, as ascending numbers; empty where a layer has no such part.

    Attributes:
        neurons: Per layer, of its MLP.
        groups: Per layer, of its key-value groups.
        experts: Per layer, of its experts; empty = all of them.
    """

    neurons: tuple[Tensor, ...]
    groups: tuple[Tensor, ...]
    experts: tuple[Tensor, ...] = ()

    def of(self, layers: list[int]) -> Kept:
        """The same of some layers."""
        return Kept(
            tuple(self.neurons[layer] for layer in layers),
            tuple(self.groups[layer] for layer in layers),
            tuple(self.experts[layer] for layer in layers) if self.experts else (),
        )


def kept(
    worth: Importance,
    *,
    neurons: float,
    groups: float,
    sharing: Widths,
    multiple: int = MULTIPLE,
    experts: float = 0.0,
    least: int = 1,
) -> Kept:
    """Choose what stays.

    Args:
        worth: Scores.
        neurons: Share of MLP neurons to cut.
        groups: Share of key-value groups to cut.
        sharing: ``"uniform"`` leaves as many everywhere (loads in any program; where the layers
            differ already, the narrowest is the measure), ``"per-layer"`` applies one threshold
            to all; scores that are on no common scale are standardised
            layer by layer before (FLAP).
        multiple: MLP widths are rounded to multiples of it, upwards.
        experts: Share of experts to drop, the same number everywhere.
        least: Experts that a token is sent to: fewer cannot stay.
    """
    return Kept(
        _chosen(worth.neurons, neurons, sharing, multiple, standard=True),
        _chosen(worth.groups, groups, sharing, 1, standard=not worth.comparable),
        _chosen(worth.experts, experts, "uniform", 1, standard=True, least=least),
    )


def dropped(influence: tuple[float, ...], blocks: int) -> tuple[int, ...]:
    """The layers of the lowest influence, ascending; of equal ones the later (ShortGPT)."""
    order = sorted(range(len(influence)), key=lambda layer: (influence[layer], -layer))
    return tuple(sorted(order[:blocks]))


def _chosen(
    scores: tuple[Tensor, ...],
    share: float,
    sharing: Widths,
    multiple: int,
    *,
    standard: bool,
    least: int = 1,
) -> tuple[Tensor, ...]:
    sizes = {len(one) for one in scores if len(one)}
    same = sharing == "uniform" and len(sizes) > 1  # layers that already differ
    if share == 0 and not same:
        return tuple(torch.arange(len(one)) for one in scores)
    if sharing == "per-layer":
        counts = _by_threshold([_standard(one) if standard else one for one in scores], share)
        most = [len(one) for one in scores]
    else:
        most = [min((len(one), *sizes)) for one in scores]
        counts = [round((1 - share) * size) for size in most]
    rounded = [
        min(limit, max(multiple, least, -(-count // multiple) * multiple))
        for limit, count in zip(most, counts, strict=True)
    ]
    return tuple(
        one.argsort(descending=True, stable=True)[:count].sort().values.cpu()
        for one, count in zip(scores, rounded, strict=True)
    )


def _by_threshold(scores: list[Tensor], share: float) -> list[int]:
    """How many of each layer lie above the threshold that cuts a share of them all."""
    together = torch.cat(scores).sort(descending=True).values
    if not len(together):
        return [0 for _ in scores]
    threshold = together[max(1, round((1 - share) * len(together))) - 1]
    return [int((one >= threshold).sum()) for one in scores]


def _standard(scores: Tensor) -> Tensor:
    if len(scores) < 2:
        return torch.zeros_like(scores)
    return (scores - scores.mean()) / scores.std().clamp_min(1e-12)
