"""Two ranks as one: reciprocal rank fusion (Cormack, Clarke & Büttcher 2009), k = 60.

Equal scores are fused by the mean of the places that they fill: a word that many passages have
tells them apart no better than chance, and must not outweigh a name that only one of them has.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.context.documents_spec import Citation, Rank

K: Final = 60


def places(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """The place of each score, 1 = highest; equal scores share theirs."""
    order = np.argsort(-scores)
    falls = np.diff(scores[order], prepend=np.inf) != 0
    found = np.empty(len(scores), dtype=np.int64)
    found[order] = np.maximum.accumulate(np.where(falls, np.arange(1, len(scores) + 1), 0))
    return found


def mean_places(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """The place of each score, 1 = highest; equal scores have the mean of the places they fill."""
    first = places(scores)
    filled = np.bincount(first, minlength=len(scores) + 1)
    found: NDArray[np.float64] = first + (filled[first] - 1) / 2
    return found


def best(scores: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Where the highest scores are, highest first; among equal ones the earlier first."""
    if most < len(scores):
        least = np.partition(scores, len(scores) - most)[len(scores) - most]
        kept = np.flatnonzero(scores >= least)
    else:
        kept = np.arange(len(scores))
    found: NDArray[np.int64] = kept[np.argsort(-scores[kept], kind="stable")][:most]
    return found


def ranked(
    words: NDArray[np.float64] | None,
    meaning: NDArray[np.float32] | None,
    rank: Rank,
    most: int,
    weight: float = 1.0,
) -> list[Citation]:
    """The best passages.

    Args:
        words: BM25 scores ``[passages]``; None = not asked for. A passage without a word of the
            question has no place by words.
        meaning: Cosines ``[passages]``; None = not asked for.
        rank: Which of them counts.
        most: How many to return.
        weight: Of the rank by meaning, where both count.
    """
    size = len(words) if words is not None else len(meaning) if meaning is not None else 0
    by_words = by_meaning = np.zeros(size, dtype=np.int64)
    if words is not None:
        by_words = np.where(words > 0, places(words), 0)
    if meaning is not None:
        by_meaning = places(meaning)
    if rank == "bm25" and words is not None:
        score = words
    elif rank == "embeddings" and meaning is not None:
        score = meaning.astype(np.float64)
    else:
        score = np.zeros(size)
        if words is not None:
            score += np.where(words > 0, 1.0 / (K + mean_places(words)), 0.0)
        if meaning is not None:
            score += weight / (K + mean_places(meaning))
    return [
        Citation(int(at), float(score[at]), int(by_words[at]), int(by_meaning[at]))
        for at in best(score, most)
    ]
