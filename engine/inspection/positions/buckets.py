"""T5's relative positions: which distances share a bucket, and what each head adds for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.inspection.biases import buckets
from engine.inspection.capture import BucketBias, Float


@dataclass(frozen=True, eq=False)
class BucketCurve:
    """The bias by distance.

    Attributes:
        distances: ``key - query``, ascending, ``[points]``.
        bucket: Bucket of each, ``[points]``.
        bias: What each head adds there, float32 ``[heads, points]``.
        edges: Distances at which a bucket begins.
    """

    distances: NDArray[np.int64]
    bucket: NDArray[np.int64]
    bias: Float
    edges: NDArray[np.int64]


def bucket_curve(bias: BucketBias, reach: int | None = None) -> BucketCurve:
    """The whole curve.

    Args:
        bias: Table and its kind.
        reach: Farthest distance; None = a quarter beyond where the last bucket begins.
    """
    far = reach if reach is not None else bias.max_distance + bias.max_distance // 4
    distances = np.arange(-far, (far if bias.bidirectional else 0) + 1)
    bucket = buckets(distances, bias)
    edges = distances[1:][np.diff(bucket) != 0]
    return BucketCurve(distances, bucket, bias.table[:, bucket], edges)
