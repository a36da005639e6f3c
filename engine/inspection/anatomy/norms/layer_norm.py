"""LayerNorm (Ba, Kiros & Hinton 2016)."""

from __future__ import annotations

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EPS: Final = 1e-5


def layer_norm(x: Array, gain: Array | float = 1.0, bias: Array | float = 0.0) -> Array:
    """``(x - mean) / √(variance + ε) · gain + bias`` over the last axis, ε = 1e-5.

    The variance is that of the values themselves (divided by n), as torch takes it.
    """
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    return cast(Array, centred / np.sqrt(variance + EPS) * gain + bias)
