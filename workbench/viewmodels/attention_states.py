"""Two states of a model beside each other, as they are drawn and saved."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.capture import Float, Role
from engine.inspection.states import LayerPair, difference
from engine.inspection.states_spec import StatesPair
from engine.inspection.tiles import thumbnails
from workbench.viewmodels.attention_heads import flat

SAMPLED_ROWS: Final = 512
AT_ONCE: Final = 64
LEAST: Final = 1e-6


def head_differences(result: StatesPair, role: Role) -> Float:
    """Second minus first of every head's small picture, ``[heads, size, size]``."""
    first, second = thumbnails(result.first, role=role), thumbnails(result.second, role=role)
    return flat(second - first)


def largest_difference(pair: LayerPair, head: int) -> float:
    """The largest difference of weights over evenly chosen rows; never 0."""
    queries = pair.first.shape[0]
    step = max(1, queries // SAMPLED_ROWS)
    top = 0.0
    for start in range(0, queries, step * AT_ONCE):
        rows = slice(start, min(queries, start + AT_ONCE))
        top = max(top, float(np.abs(difference(pair, head, "softmax", rows)).max(initial=0.0)))
    return top or LEAST


def divergence_arrays(result: StatesPair) -> dict[str, NDArray[np.generic]]:
    """Every layer's divergences, ready for an ``.npz`` file."""
    found = result.divergences
    return {
        "layers": np.array(found.layers),
        "divergence": found.values,
        "worst": found.worst,
    }
