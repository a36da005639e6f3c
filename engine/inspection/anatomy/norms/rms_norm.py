"""RMSNorm (Zhang & Sennrich 2019): LayerNorm without taking the mean away."""

from __future__ import annotations

from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EPS: Final = 1e-5


def rms_norm(x: Array, gain: Array | float = 1.0, eps: float = EPS) -> Array:
    """``x / √(mean(x²) + ε) · gain`` over the last axis."""
    return cast(Array, x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gain)
