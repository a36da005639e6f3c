"""Which orders and choices of examples a sweep tries. Free of torch."""

from __future__ import annotations

import math
import random
from itertools import combinations, permutations

from engine.evaluation.evidence.order_spec import SweepKind

Order = tuple[int, ...]


def possible(sweep: SweepKind, shown: int, size: int) -> int:
    """How many arrangements there are."""
    if sweep == "order":
        return math.factorial(shown)
    return shown + 1 if sweep == "leave-one-out" else math.comb(shown, size)


def arrangements(
    sweep: SweepKind, shown: int, size: int, most: int, seed: int
) -> tuple[Order, ...]:
    """The arrangements to try, the person's own first where it is one of them.

    Leave-one-out begins with all examples, so that each loss can be read off.

    Args:
        sweep: What is varied.
        shown: Number of examples.
        size: Examples per subset.
        most: Most arrangements; more are sampled without repeats.
        seed: Of the sample.
    """
    own = tuple(range(shown))
    if sweep == "leave-one-out":
        every = [own, *(own[:i] + own[i + 1 :] for i in range(shown))]
        return tuple(every[: max(most, 2)])
    if possible(sweep, shown, size) <= most:
        return tuple(permutations(own) if sweep == "order" else combinations(own, size))
    rng = random.Random(seed)
    found: dict[Order, None] = {own: None} if sweep == "order" else {}
    while len(found) < most:
        drawn = tuple(rng.sample(own, shown if sweep == "order" else size))
        found[drawn if sweep == "order" else tuple(sorted(drawn))] = None
    first, *rest = found
    # Neighbours that begin alike share what was computed for their beginning.
    return (first, *sorted(rest)) if sweep == "order" else tuple(sorted(found))
