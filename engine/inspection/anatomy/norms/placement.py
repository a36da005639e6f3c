"""The same vector through every norm and placement, step by step.

A sub-layer f (attention or MLP) adds to the residual x. What is normalised, and when, is the
placement: post-norm ``LN(x + f(x))`` (Vaswani et al. 2017), pre-norm ``x + f(LN(x))`` (Xiong et
al. 2020), DeepNorm ``LN(αx + f(x))``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.inspection.anatomy.norms.deep_norm import deep_norm
from engine.inspection.anatomy.norms.layer_norm import layer_norm
from engine.inspection.anatomy.norms.rms_norm import rms_norm

Array = NDArray[np.float64]
SEED: Final = 7


@dataclass(frozen=True, eq=False)
class Step:
    """A vector on its way.

    Attributes:
        id: Which: ``"input"``, ``"layer-norm"``, ``"rms-norm"``, ``"post"``, ``"pre"``, ``"deep"``.
        values: float64 ``[width]``.
        mean, rms: Of the values.
    """

    id: str
    values: Array

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @property
    def rms(self) -> float:
        return math.sqrt(float((self.values * self.values).mean()))


def sublayer(width: int, seed: int = SEED) -> Array:
    """A fixed random linear sub-layer, ``[width, width]``, that keeps the size of its input."""
    return np.random.default_rng(seed).normal(size=(width, width)) / math.sqrt(width)


def vector(width: int, offset: float, scale: float, seed: int = SEED) -> Array:
    """A reproducible random vector: a standard normal times `scale`, plus `offset`."""
    return np.random.default_rng(seed + 1).normal(size=width) * scale + offset


def through(x: Array, alpha: float, seed: int = SEED) -> tuple[Step, ...]:
    """`x` through both norms by themselves, and through one sub-layer in each placement."""
    weight = sublayer(x.shape[-1], seed)
    return (
        Step("input", x),
        Step("layer-norm", layer_norm(x)),
        Step("rms-norm", rms_norm(x)),
        Step("post", layer_norm(x + weight @ x)),
        Step("pre", x + weight @ layer_norm(x)),
        Step("deep", deep_norm(x, weight @ x, alpha)),
    )
