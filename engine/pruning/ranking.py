"""Rank once, prune at any ratio: every ratio afterwards is a threshold on the ranks.

Masks of growing ratios are nested, and undo is the ratio 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from engine.errors import BadSpec
from engine.pruning.network import smallest_of_each
from engine.pruning.ordering import ascending
from engine.pruning.recipe import Group, Pattern

MOST_COMPARED: Final = 16
"""Neighbours up to which the groups of a pattern are sorted side by side."""
ROUNDING: Final = 1e-6
"""Weights by which a float's share of a group may fall short of a whole number."""
TOGETHER: Final = 16384
"""Groups of a pattern that are decided at once."""


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
    """Weights of a group of ``size`` that go: ``floor(ratio · size)``, and one always stays.

    What a float has lost (0.29 · 100 is 28.999…) is given back before the floor.
    """
    return min(int(ratio * size + ROUNDING), size - 1)


def rank(scores: Tensor, group: Group) -> Ranking:
    """The ranking of a matrix; equal scores go in reading order.

    Args:
        scores: ``[..., out, in]``.
        group: ``"row"`` ranks within each output row, ``"matrix"`` over the whole matrix.
    """
    flat = scores if group == "row" else scores.flatten(-2)
    order = ascending(flat)
    small = flat.shape[-1] <= torch.iinfo(torch.int16).max
    kind = torch.int16 if small else torch.int32
    places = torch.arange(flat.shape[-1], dtype=kind, device=flat.device).expand_as(order)
    ranks = torch.empty_like(order, dtype=kind).scatter_(-1, order, places)
    return Ranking(ranks.view_as(scores), group)


def lowest(scores: Tensor, group: Group, ratio: float) -> Tensor:
    """What ``rank(scores, group).pruned(ratio)`` is, without a sort, bool ``[..., out, in]``.

    One ratio needs a threshold per group only; of scores equal to it, the first in reading order
    go.
    """
    flat = (scores if group == "row" else scores.flatten(-2)).contiguous()
    wanted = count(ratio, flat.shape[-1])
    if wanted <= 0:
        return torch.zeros_like(scores, dtype=torch.bool)
    limit = _smallest(flat, wanted)
    gone = flat <= limit
    crowded = gone.sum(-1) > wanted
    if bool(crowded.any()):
        own, border = flat[crowded], limit[crowded]
        equal = own == border
        room = wanted - (own < border).sum(-1, keepdim=True)
        gone[crowded] = (own < border) | (equal & (equal.cumsum(-1) <= room))
    return gone.view_as(scores)


def _smallest(flat: Tensor, wanted: int) -> Tensor:
    """The ``wanted``-th smallest score of each group, ``[..., 1]``."""
    if flat.device.type == "cpu" and flat.dtype == torch.float32:
        # NumPy selects with vector instructions: about twice as fast here as torch's kthvalue.
        placed = np.partition(flat.numpy(), wanted - 1, axis=-1)
        return torch.from_numpy(np.ascontiguousarray(placed[..., wanted - 1 : wanted]))
    return flat.kthvalue(wanted, dim=-1, keepdim=True).values


def zero(weight: Tensor, gone: Tensor) -> None:
    """Zero what goes, in place; the rest stays bit for bit."""
    if weight.device.type == "cpu" and weight.dtype == torch.float32:
        # A masked write is ten times as slow on a CPU; all bits or none are kept (0 - 1 = -1).
        bits = weight.numpy().view(np.int32)
        np.bitwise_and(bits, gone.numpy().view(np.int8) - np.int8(1), out=bits)
    else:
        weight.masked_fill_(gone, 0)


def only(scores: Tensor, chosen: Tensor) -> Tensor:
    """The scores of what is chosen, 0 elsewhere; in place."""
    if scores.device.type == "cpu" and scores.dtype == torch.float32:
        values = scores.numpy()  # a product, for the reason of `zero`
        np.multiply(values, chosen.numpy(), out=values)
        return scores
    return scores.masked_fill_(chosen.logical_not(), 0)


def pruned_of_m(scores: Tensor, pattern: Pattern) -> Tensor:
    """True where a weight goes so that ``keep`` stay of every ``of`` neighbours of a row.

    Without a loop: the groups become one axis and each is ranked by itself.

    Raises:
        BadSpec: The row length is no multiple of ``of``.
    """
    width = scores.shape[-1]
    if width % pattern.of:
        raise BadSpec(
            f"A matrix has {width} inputs, which do not divide into groups of {pattern.of}.",
            "Choose a pattern whose groups fit, such as 2:4.",
        )
    leaving = pattern.of - pattern.keep
    groups = scores.reshape(-1, pattern.of)
    gone = torch.empty(groups.shape, dtype=torch.bool, device=scores.device)
    if scores.device.type == "cpu" and pattern.of <= MOST_COMPARED:
        values = groups.float()
        for at in range(0, len(values), TOGETHER):  # small enough for a processor's cache
            part = slice(at, at + TOGETHER)
            _lowest_of_each(values[part], leaving, gone[part])
    else:
        order = groups.argsort(dim=-1, stable=True)
        gone.zero_().scatter_(-1, order[:, :leaving], value=True)
    return gone.view(scores.shape)


def _lowest_of_each(groups: Tensor, leaving: int, gone: Tensor) -> None:
    """Mark the lowest scores of each small group, ties in reading order.

    Every step of a sorting network is one operation over all groups: for a few neighbours this is
    many times faster than a sort of each, and NumPy turns the axes several times faster than
    torch.

    Args:
        groups: ``[groups, m]`` float32.
        leaving: How many of each.
        gone: Written, bool ``[groups, m]``.
    """
    values = groups.numpy()
    limit = smallest_of_each(values.T.copy(), leaving)
    limits = np.repeat(limit, values.shape[1]).reshape(values.shape)  # faster than to broadcast
    np.less_equal(values, limits, out=gone.numpy())
    if np.count_nonzero(gone.numpy()) > leaving * len(groups):  # ties: some groups lose too many
        crowded = gone.sum(-1) > leaving
        own, border = groups[crowded], torch.from_numpy(limit)[crowded].unsqueeze(1)
        equal = own == border
        room = leaving - (own < border).sum(-1, keepdim=True)
        gone[crowded] = (own < border) | (equal & (equal.cumsum(-1) <= room))
