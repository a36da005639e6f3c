"""Choosing the next token of every row at once: penalty, temperature, filters, noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from engine.decoding.noise import gumbel
from engine.decoding.params import Sampling

FIRST_CANDIDATES = 256  # likeliest tokens looked at before the whole vocabulary is sorted


def penalize(logits: torch.Tensor, seen: torch.Tensor, penalty: float) -> torch.Tensor:
    """CTRL's repetition penalty (Keskar et al. 2019), as in transformers.

    Args:
        logits: ``[rows, vocabulary]``.
        seen: bool ``[rows, vocabulary]``, true for tokens of the row's prompt or answer.
        penalty: Positive logits of seen tokens are divided by it, negative ones multiplied.
    """
    weakened = torch.where(logits < 0, logits * penalty, logits / penalty)
    return torch.where(seen, weakened, logits)


def filter_candidates(
    scores: torch.Tensor, sampling: Sampling
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Keep what top-k, top-p and min-p leave, in this order (transformers' order).

    Args:
        scores: ``[rows, vocabulary]`` logits divided by the temperature.
        sampling: The filters.

    Returns:
        Scores ``[rows, kept]``, −inf where dropped, and their token ids ``[rows, kept]`` or None
        when the columns are the token ids themselves.
    """
    ids: torch.Tensor | None = None
    if 0 < sampling.top_k < scores.shape[-1]:
        scores, ids = scores.topk(sampling.top_k, dim=-1)
    if sampling.top_p < 1.0:
        scores, order = _nucleus(scores, sampling.top_p)
        ids = order if ids is None else ids.gather(-1, order)
    if sampling.min_p > 0.0:
        floor = scores.amax(-1, keepdim=True) + math.log(sampling.min_p)
        scores = scores.masked_fill(scores < floor, -torch.inf)
    return scores, ids


def _nucleus(scores: torch.Tensor, top_p: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The likeliest tokens, sorted, −inf where the likelier ones already hold mass `top_p`.

    Only when a row's nucleus is wider than `FIRST_CANDIDATES` is the whole vocabulary sorted.
    """
    total = torch.logsumexp(scores, -1, keepdim=True)
    for count in (min(FIRST_CANDIDATES, scores.shape[-1]), scores.shape[-1]):
        best, order = scores.topk(count, dim=-1)
        share = (best - total).exp()
        likelier = share.cumsum(-1) - share
        if count == scores.shape[-1] or bool((likelier[:, -1] >= top_p).all()):
            break
    drop = likelier >= top_p
    drop[:, 0] = False
    return best.masked_fill(drop, -torch.inf), order


def choose(
    logits: torch.Tensor, sampling: Sampling, keys: Sequence[int], seen: torch.Tensor | None
) -> torch.Tensor:
    """The next token of every row.

    Args:
        logits: float32 ``[rows, vocabulary]``.
        sampling: Temperature, filters, penalty.
        keys: `engine.decoding.noise.step_key` of each row; unused when greedy.
        seen: For the repetition penalty; None when it is 1.

    Returns:
        int64 ``[rows]``.
    """
    if seen is not None:
        logits = penalize(logits, seen, sampling.repetition_penalty)
    if sampling.temperature == 0.0:
        return logits.argmax(-1)
    scores, ids = filter_candidates(logits / sampling.temperature, sampling)
    if ids is None:
        tokens = torch.arange(scores.shape[-1], device=scores.device)
        return (scores + gumbel(keys, tokens)).argmax(-1)
    best = (scores + gumbel(keys, ids)).argmax(-1, keepdim=True)
    return ids.gather(-1, best).squeeze(-1)


def choose_each(
    logits: torch.Tensor,
    samplings: Sequence[Sampling],
    keys: Sequence[int],
    seen: torch.Tensor | None,
) -> torch.Tensor:
    """As `choose`, with a sampling for each row.

    Args:
        logits: float32 ``[rows, vocabulary]``.
        samplings: One per row.
        keys: As in `choose`.
        seen: bool ``[rows, vocabulary]``, or None when no row has a repetition penalty.

    Returns:
        int64 ``[rows]``.
    """
    groups: dict[Sampling, list[int]] = {}
    for place, sampling in enumerate(samplings):
        groups.setdefault(sampling, []).append(place)
    chosen = torch.empty(len(samplings), dtype=torch.long, device=logits.device)
    for sampling, places in groups.items():
        penalized = seen is not None and sampling.repetition_penalty != 1.0
        if len(groups) == 1:
            return choose(logits, sampling, keys, seen if penalized else None)
        at = torch.tensor(places, device=logits.device)
        own = [keys[place] for place in places]
        chosen[at] = choose(
            logits[at], sampling, own, seen[at] if seen is not None and penalized else None
        )
    return chosen


class SeenTokens:
    """Which tokens each row holds, for the repetition penalty; rows move like the cache's."""

    def __init__(self, vocabulary: int, device: torch.device) -> None:
        self._seen = torch.zeros((0, vocabulary), dtype=torch.bool, device=device)

    def append(self, rows: Sequence[Sequence[int]]) -> None:
        """Add rows with these tokens."""
        fresh = self._seen.new_zeros((len(rows), self._seen.shape[1]))
        for place, tokens in enumerate(rows):
            fresh[place, torch.tensor(list(tokens), device=fresh.device)] = True
        self._seen = torch.cat([self._seen, fresh])

    def mark(self, rows: torch.Tensor, tokens: torch.Tensor) -> None:
        """Add one token to each of these rows; both int64 ``[rows]``."""
        self._seen[rows, tokens] = True

    def drop(self, moves: Sequence[tuple[int, int]], rows: int) -> None:
        """Follow the cache: make its moves, keep its first `rows` rows."""
        for source, target in moves:
            self._seen[target] = self._seen[source]
        self._seen = self._seen[:rows]

    @property
    def table(self) -> torch.Tensor:
        """bool ``[rows, vocabulary]``."""
        return self._seen
