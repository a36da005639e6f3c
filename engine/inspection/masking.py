"""A mask as a rule, proven against the mask that the model really used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from engine.errors import DeviceOutOfMemory
from engine.inspection.capture import Mask, MaskKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

HIDDEN_BELOW: Final = -1e4  # additive masks hold the format's smallest number, or -10,000
COMPARED: Final = 1 << 22  # cells; larger masks are compared on some rows
ROWS: Final = 64
PAINTED_CELLS: Final = 1 << 28


def seen_cells(mask: torch.Tensor) -> torch.Tensor:
    """A mask tensor, bool or additive, ``[..., queries, keys]``, as bool ``[queries, keys]``."""
    while mask.dim() > 2:
        mask = mask[0]
    return mask if mask.dtype == torch.bool else mask > HIDDEN_BELOW


def rule_of(seen: torch.Tensor | None, queries: int, keys: int, offset: int, causal: bool) -> Mask:
    """The rule behind a mask.

    Args:
        seen: Bool ``[queries or 1, keys]``, or None where the attention kernel was only told
            `causal`.
        queries, keys: Sizes.
        offset: Position of the first query among the keys.
        causal: What the kernel was told.

    Returns:
        A rule whose cells equal the mask's (all of them up to 2^22, of longer texts those of 64
        queries), else the mask itself.

    Raises:
        DeviceOutOfMemory: No rule fits and the mask is too large to be kept.
    """
    if seen is None:
        return Mask("causal" if causal else "full", offset=offset)
    seen = seen.expand(queries, keys)
    ever = seen.any(dim=0).cpu().numpy()
    for rule in _candidates(seen, queries, keys, offset):
        visible = ever | ~_reached(rule, queries, keys)
        fitting = replace(rule, visible=None if visible.all() else visible)
        if _same(fitting, seen):
            return fitting
    _need_room(queries, keys)
    kind: MaskKind = "causal" if causal else "full"  # what the module is without the painting
    return Mask(kind, offset=offset, painted=seen.cpu().numpy())


def _candidates(seen: torch.Tensor, queries: int, keys: int, offset: int) -> Iterator[Mask]:
    yield Mask("causal", offset=offset)
    yield Mask("full", offset=offset)
    window = int(seen[-1].sum())
    if 0 < window < offset + queries:
        yield Mask("window", window=window, offset=offset)
    prefix = int(seen[0].sum())
    if 1 < prefix <= keys:
        yield Mask("prefix", prefix=prefix, offset=offset)


def _reached(rule: Mask, queries: int, keys: int) -> NDArray[np.bool_]:
    """Keys that the rule shows to some of the queries; of the others nothing can be told."""
    j = np.arange(keys)
    if rule.kind == "full":
        return np.ones(keys, bool)
    reached = j < rule.offset + queries
    if rule.kind == "window":
        reached &= j > rule.offset - rule.window
    if rule.kind == "prefix" and rule.offset < rule.prefix:
        reached |= j < rule.prefix
    return reached


def _same(rule: Mask, seen: torch.Tensor) -> bool:
    queries, keys = seen.shape
    if queries * keys <= COMPARED:
        rows: NDArray[np.int64] = np.arange(queries)
    else:
        rows = np.unique(np.linspace(0, queries - 1, ROWS).astype(np.int64))
    step = max(1, (1 << 24) // keys)
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        real = seen[torch.from_numpy(part).to(seen.device)].cpu().numpy()
        if not np.array_equal(rule.allowed_at(part, slice(0, keys)), real):
            return False
    return True


def joined(pieces: list[tuple[Mask, int]]) -> Mask:
    """The rule of a whole text from those of its consecutive pieces.

    Args:
        pieces: The mask of each piece and how many queries it has.

    Raises:
        DeviceOutOfMemory: A piece follows no rule and the whole mask is too large to be kept.
    """
    last, queries = pieces[-1]
    if any(mask.painted is not None for mask, _ in pieces):
        return _painted(pieces, last.offset + queries)
    windows = [mask for mask, _ in pieces if mask.kind == "window"]
    visible = np.ones(last.offset + queries, bool)
    for mask, _ in pieces:
        if mask.visible is not None:
            visible[: len(mask.visible)] &= mask.visible
    rule = windows[-1] if windows else last
    return replace(rule, offset=0, visible=None if visible.all() else visible)


def _painted(pieces: list[tuple[Mask, int]], count: int) -> Mask:
    """All cells of a text whose pieces follow no common rule."""
    _need_room(count, count)
    cells = np.zeros((count, count), bool)
    for mask, queries in pieces:
        stop = mask.offset + queries
        cells[mask.offset : stop, :stop] = mask.allowed(slice(0, queries), slice(0, stop))
    return Mask(pieces[-1][0].kind, painted=cells)


def _need_room(queries: int, keys: int) -> None:
    if queries * keys > PAINTED_CELLS:
        raise DeviceOutOfMemory(
            f"The mask of {keys:,} tokens follows no rule that is known, and is too large to keep.",
            "Look at a shorter text.",
        )
