"""Rotations of one head as the views draw them: pairs, relative positions, distance curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import RopeConfig
from engine.inspection.capture import LayerCapture
from engine.inspection.positions.distance import (
    DistanceCurve,
    binned,
    envelope,
    measured,
    relative_score,
)
from engine.inspection.positions.relative import RelativeGrid, relative_grid
from engine.inspection.positions.rope import (
    HeadVectors,
    before_rotation,
    config_of,
    pairs_of,
    wavelengths,
)

Choice = Literal["spread", "fastest", "slowest", "strongest"]
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)
SHOWN_PAIRS: Final = 6
GRID_POSITIONS: Final = 96
CURVE_POINTS: Final = 400


@dataclass(frozen=True, eq=False)
class RopeHead:
    """One head before its rotation.

    Attributes:
        vectors: Its queries and keys.
        q, k: Their pairs as complex numbers, ``[tokens, pairs]``.
        config: Frequencies and trained length.
        wavelengths: Positions per turn, ``[pairs]``.
        scaling: Factor on q·k, squared factor of the rotation included.
    """

    vectors: HeadVectors
    q: NDArray[np.complex128]
    k: NDArray[np.complex128]
    config: RopeConfig
    wavelengths: NDArray[np.float64]
    scaling: float

    @property
    def pairs(self) -> int:
        """Pairs of dimensions that turn."""
        return self.config.pairs


def rope_head(layer: LayerCapture, head: int, trained: int) -> RopeHead:
    """Take a captured head apart.

    Raises:
        BadSpec: The layer has no rotation or no such head.
    """
    vectors = before_rotation(layer, head)
    rotation = vectors.rotation
    return RopeHead(
        vectors,
        pairs_of(vectors.q, rotation),
        pairs_of(vectors.k, rotation),
        config_of(layer, trained),
        wavelengths(rotation.inv_freq),
        layer.scaling * rotation.scaling**2,
    )


def chosen_pairs(head: RopeHead, choice: Choice, count: int = SHOWN_PAIRS) -> tuple[int, ...]:
    """Pairs to show, by number: evenly spread, the fastest, the slowest, or the strongest.

    The strongest have the largest mean |q| · mean |k|: they move scores most.
    """
    count = min(count, head.pairs)
    match choice:
        case "spread":
            places = np.linspace(0, head.pairs - 1, count).round().astype(int)
        case "fastest":
            places = np.arange(count)
        case "slowest":
            places = np.arange(head.pairs - count, head.pairs)
        case "strongest":
            weight = np.abs(head.q).mean(0) * np.abs(head.k).mean(0)
            places = np.sort(np.argsort(-weight, kind="stable")[:count])
    return tuple(int(place) for place in np.unique(places))


def read_pairs(text: str, pairs: int) -> tuple[int, ...] | None:
    """Pairs typed as numbers with any separators; None when one does not exist."""
    words = text.replace(",", " ").replace("，", " ").replace("、", " ").split()
    if not words or not all(word.isascii() and word.isdigit() for word in words):
        return None
    numbers = tuple(dict.fromkeys(int(word) for word in words))
    return numbers if all(number < pairs for number in numbers) else None


def relative(head: RopeHead, query: int, key: int) -> RelativeGrid:
    """One query and one key of the text, turned to every pair of the first positions."""
    vectors = head.vectors
    return relative_grid(
        vectors.q[query],
        vectors.k[key],
        vectors.rotation,
        np.arange(GRID_POSITIONS),
        vectors.scaling,
    )


@dataclass(frozen=True, eq=False)
class DistanceView:
    """Scores by distance.

    Attributes:
        measured: Mean score of the text's cells per distance (n = `measured.count`).
        distances: Of the three curves below, ``[points]``.
        typical: Score of the mean query with the mean key there.
        bound: The envelope of the frequencies, scaled to the largest |measured| at its start.
        trained: Positions of training.
    """

    measured: DistanceCurve
    distances: NDArray[np.float64]
    typical: NDArray[np.float64]
    bound: NDArray[np.float64]
    trained: int


def distance_view(layer: LayerCapture, head: int, rope: RopeHead) -> DistanceView:
    """Measured mean and theory beside each other."""
    curve = measured(layer, head)
    reach = max(int(curve.distances.max(initial=1)), min(rope.config.trained, 4096))
    count = min(reach + 1, CURVE_POINTS)
    distances = np.unique(np.linspace(0, reach, count).round().astype(np.int64))
    vectors = rope.vectors
    typical = relative_score(
        vectors.q.mean(0), vectors.k.mean(0), vectors.rotation, distances, vectors.scaling
    )
    theory = envelope(rope.config.inv_freq, distances)
    largest = float(np.abs(curve.mean).max(initial=0.0)) or 1.0
    return DistanceView(
        binned(curve, CURVE_POINTS),
        distances.astype(np.float64),
        typical,
        theory / theory[0] * largest,
        rope.config.trained,
    )
