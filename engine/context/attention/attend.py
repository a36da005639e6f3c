"""Attention under a rule, block by block of queries: no score matrix of the whole text exists."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.context.attention.rule import Rule
from engine.context.attention.turn import Turn

QUERIES = 256
"""Queries whose scores are in memory at once."""


def attend(
    rules: tuple[Rule, ...],
    turn: Turn | None,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
    scaling: float,
) -> Tensor:
    """Causal attention in which far pairs meet at the positions that the rules say.

    Args:
        rules: At most one of them moves far pairs.
        turn: How the model turns; None where no rule moves anything.
        query: ``[rows, heads, queries, head_dim]``, turned at its positions.
        key: ``[rows, kv_heads, keys, head_dim]``, turned at its positions.
        value: ``[rows, kv_heads, keys, value_dim]``.
        query_positions: int64 ``[rows, queries]``.
        key_positions: int64 ``[rows, keys]``, rising; negative for padding.
        scaling: Factor on the scores.

    Returns:
        ``[rows, queries, heads, value_dim]``.
    """
    moving = next((rule for rule in rules if rule.moves), None)
    query = query * _sharpness(rules, query_positions, scaling).to(query.dtype)
    far = _far(moving, turn, query, key, query_positions, key_positions)
    out = query.new_empty((query.shape[0], query.shape[2], query.shape[1], value.shape[-1]))
    for start in range(0, query.shape[2], QUERIES):
        rows = slice(start, start + QUERIES)
        at = query_positions[:, rows, None]  # [rows, block, 1]
        seen = _seen(rules, at, key_positions[:, None])  # [rows, block, keys]
        columns = _columns(seen)
        seen = seen[:, :, columns]
        places = key_positions[:, None, columns]
        scores = _scores(
            moving, far, query[:, :, rows], key[:, :, columns], at - places, columns, rows
        )
        scores = scores.masked_fill(~seen[:, None, None], -torch.inf)
        weights = torch.softmax(scores, -1, dtype=torch.float32)
        weights = torch.nan_to_num(weights).to(value.dtype)  # a padded query sees nothing at all
        mixed = _times(weights, value[:, :, columns])
        out[:, rows] = mixed.flatten(1, 2).transpose(1, 2)
    return out


def _sharpness(rules: tuple[Rule, ...], positions: Tensor, scaling: float) -> Tensor:
    """What queries are multiplied by, ``[rows, 1, queries, 1]``."""
    factor = torch.full_like(positions, scaling, dtype=torch.float64)
    for rule in rules:
        scale = rule.scale(positions)
        if scale is not None:
            factor = factor * scale
    return factor[:, None, :, None]


def _far(
    moving: Rule | None,
    turn: Turn | None,
    query: Tensor,
    key: Tensor,
    query_positions: Tensor,
    key_positions: Tensor,
) -> tuple[Tensor, Tensor] | None:
    """Queries and keys at their far positions; None when no pair is far."""
    if moving is None:
        return None
    largest = query_positions.amax(1) - key_positions.clamp(min=0).amin(1)
    near = moving.near(largest)
    if near is None or bool(near.all()):
        return None
    assert turn is not None
    far_query = moving.far_queries(query_positions.double())
    far_key = moving.far_keys(key_positions.double())
    return (
        turn.moved(query, query_positions, far_query),
        turn.moved(key, key_positions, far_key),
    )


def _seen(rules: tuple[Rule, ...], queries: Tensor, keys: Tensor) -> Tensor:
    """Who sees whom, bool ``[rows, queries, keys]``."""
    seen = (keys <= queries) & (keys >= 0)
    for rule in rules:
        shown = rule.seen(queries, keys)
        if shown is not None:
            seen = seen & shown
    return seen


def _columns(seen: Tensor) -> slice | Tensor:
    """Keys that anyone of the block sees: a run of them, or their numbers."""
    used = seen.any(1).any(0)
    numbers = used.nonzero()[:, 0]
    if len(numbers) == 0:
        return slice(0, 1)
    first, last = int(numbers[0]), int(numbers[-1])
    if last - first + 1 == len(numbers):
        return slice(first, last + 1)
    return numbers


def _scores(
    moving: Rule | None,
    far: tuple[Tensor, Tensor] | None,
    query: Tensor,
    key: Tensor,
    distances: Tensor,
    columns: slice | Tensor,
    rows: slice,
) -> Tensor:
    """Scores of a block, ``[rows, kv_heads, group, block, keys]``; each pair is computed once
    but for a band as wide as the block, in which some are near and others far."""
    if moving is None or far is None:
        return _products(query, key)
    near = moving.near(distances)
    assert near is not None
    some_near = near.any(1).any(0).nonzero()[:, 0]
    some_far = (~near).any(1).any(0).nonzero()[:, 0]
    begin = int(some_near[0]) if len(some_near) else near.shape[-1]
    end = int(some_far[-1]) + 1 if len(some_far) else 0
    far_query, far_key = far[0][:, :, rows], far[1][:, :, columns]
    beyond = _products(far_query, far_key[:, :, :end])
    within = _products(query, key[:, :, begin:])
    both = max(0, end - begin)
    band = torch.where(
        near[:, None, None, :, begin : begin + both],
        within[..., :both],
        beyond[..., end - both :],
    )
    return torch.cat([beyond[..., : end - both], band, within[..., both:]], -1)


def _products(query: Tensor, key: Tensor) -> Tensor:
    """q·k with grouped queries, ``[rows, kv_heads, group, queries, keys]``."""
    rows, heads, queries, width = query.shape
    kv_heads = key.shape[1]
    grouped = query.reshape(rows, kv_heads, -1, width)  # [rows, kv_heads, group * queries, width]
    scores = grouped @ key.transpose(-1, -2)
    return scores.view(rows, kv_heads, heads // kv_heads, queries, -1)


def _times(weights: Tensor, value: Tensor) -> Tensor:
    """Weights times values with grouped queries, ``[rows, kv_heads, group, queries, width]``."""
    rows, kv_heads, group, queries, keys = weights.shape
    mixed = weights.reshape(rows, kv_heads, group * queries, keys) @ value
    return mixed.view(rows, kv_heads, group, queries, -1)
