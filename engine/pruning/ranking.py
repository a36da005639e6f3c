"""Rank once, prune at any ratio: every ratio afterwards is a threshold on the ranks.

Masks of growing ratios are nested, and undo is the ratio 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.pruning.recipe import Group, Pattern


@dataclass(frozen=True, eq=False)
class Ranking:
    """The order in which the weights of a matrix go.

    Attributes:
        ranks: Place of each weight in its group, 0 goes first, ``[..., out, in]``; int16 where a
            group is small enough, else int32.
        group: Weights that compete.
    """

    ranks: Tensor
    group: Group

    @property
    def size(self) -> int:
        """Weights in a group."""
        rows, columns = self.ranks.shape[-2:]
        return columns if self.group == "row" else rows * columns

    def pruned(self, ratio: float) -> Tensor:
        """True where a weight goes at this ratio, bool ``[..., out, in]``.

        Exactly ``floor(ratio · size)`` weights of every group, never all of a row's group.
        """
        return self.ranks < count(ratio, self.size)


def count(ratio: float, size: int) -> int:
    """Weights of a group of ``size`` that go; a group keeps at least one."""
    return min(int(ratio * size), size - 1)


def rank(scores: Tensor, group: Group) -> Ranking:
    """The ranking of a matrix; equal scores go in reading order.

    Args:
        scores: ``[..., out, in]``.
        group: ``"row"`` ranks within each output row, ``"matrix"`` over the whole matrix.
    """
    flat = scores if group == "row" else scores.flatten(-2)
    order = flat.argsort(dim=-1, stable=True)
    small = flat.shape[-1] <= torch.iinfo(torch.int16).max
    kind = torch.int16 if small else torch.int32
    places = torch.arange(flat.shape[-1], dtype=kind, device=flat.device).expand_as(order)
    ranks = torch.empty_like(order, dtype=kind).scatter_(-1, order, places)
    return Ranking(ranks.view_as(scores), group)


def pruned_of_m(scores: Tensor, pattern: Pattern) -> Tensor:
    """True where a weight goes so that ``keep`` stay of every ``of`` neighbours of a row.

    Without a loop: the groups become one axis and each is ranked by itself.

    Raises:
        ValueError: The row length is no multiple of ``of``.
    """
    width = scores.shape[-1]
    if width % pattern.of:
        raise ValueError(f"{width} inputs do not divide into groups of {pattern.of}")
    groups = scores.reshape(*scores.shape[:-1], width // pattern.of, pattern.of)
    order = groups.argsort(dim=-1, stable=True)
    gone = torch.zeros_like(groups, dtype=torch.bool)
    gone.scatter_(-1, order[..., : pattern.of - pattern.keep], value=True)
    return gone.flatten(-2)
