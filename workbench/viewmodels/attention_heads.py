"""Heads by layer and number, and how an atlas of them is searched and sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.inspection.capture import Capture, Float, LayerCapture, Role
from engine.inspection.stages import stage


@dataclass(frozen=True, order=True)
class HeadAt:
    """A head: layer and number, from 0."""

    layer: int
    head: int

    @property
    def name(self) -> str:
        """As the screen calls it, ``"L3·H2"``."""
        return f"L{self.layer}·H{self.head}"


NEAR: Final = 3
MOST_WEIGHTS: Final = 1 << 18
"""Weights that the choice of a first head may compute; more would be felt."""
ROLES: Final[tuple[Role, ...]] = ("encoder", "self", "cross")


def roles_of(capture: Capture) -> tuple[Role, ...]:
    """The kinds of attention that were captured: encoder, self, cross."""
    found = {layer.role for layer in capture.layers}
    return tuple(role for role in ROLES if role in found)


def heads_of(capture: Capture, role: Role) -> tuple[HeadAt, ...]:
    """Every captured head of a kind, by layer, then by number."""
    return tuple(
        HeadAt(layer.layer, head)
        for layer in capture.layers
        if layer.role == role
        for head in range(layer.heads)
    )


def telling_head(capture: Capture, role: Role) -> HeadAt | None:
    """The head whose last query looks most sharply at one key that is neither first nor near.

    Of a long text evenly chosen heads are looked at: this runs on the window's thread.
    """
    layers = [layer for layer in capture.layers if layer.role == role]
    heads = [(layer, head) for layer in layers for head in range(layer.heads)]
    keys = max((layer.shape[1] for layer in layers), default=1)
    step = max(1, -(-len(heads) * keys // MOST_WEIGHTS))
    best, found = -1.0, None
    for layer, head in heads[::step]:
        weight = _far_weight(layer, head)
        if weight > best:
            best, found = weight, HeadAt(layer.layer, head)
    return found


def _far_weight(layer: LayerCapture, head: int) -> float:
    """Largest weight of the last query; in self-attention on a key neither first nor near."""
    queries, keys = layer.shape
    ahead = layer.role == "self" and keys > NEAR + 2
    far = slice(1, max(2, keys - NEAR)) if ahead else slice(0, keys)
    return float(stage(layer, head, "softmax", slice(queries - 1, queries), far).max(initial=0.0))


def sorted_heads(
    heads: Sequence[HeadAt], key: Callable[[HeadAt], float | None]
) -> tuple[HeadAt, ...]:
    """Heads with the largest value first; those without one last, in their order."""
    with_value = [(value, head) for head in heads if (value := _finite(key(head))) is not None]
    known = {head for _, head in with_value}
    with_value.sort(key=lambda pair: -pair[0])
    return (*(head for _, head in with_value), *(head for head in heads if head not in known))


def search(heads: Sequence[HeadAt], words: Mapping[HeadAt, str], wanted: str) -> frozenset[HeadAt]:
    """The heads whose name or words hold every word that is looked for."""
    parts = wanted.lower().split()
    return frozenset(
        head
        for head in heads
        if all(part in f"{head.name} {words.get(head, '')}".lower() for part in parts)
    )


def flat(thumbnails: Float) -> Float:
    """Thumbnails ``[layers, heads, size, size]`` as ``[layers · heads, size, size]``."""
    layers, heads, height, width = thumbnails.shape
    return thumbnails.reshape(layers * heads, height, width)


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None
