"""DeepNorm (Wang et al. 2022, "DeepNet: Scaling Transformers to 1,000 Layers", figure 2).

A post-norm layer, ``LayerNorm(α·x + f(x))``: the residual is weighed up by α and the weights of f
(value, output and feed-forward projections) start smaller by β, so that updates stay bounded
whatever the depth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadSpec
from engine.inspection.anatomy.norms.layer_norm import layer_norm

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DeepNormFactors:
    """α on the residual, and β on the starting weights of what is added to it."""

    alpha: float
    beta: float


@dataclass(frozen=True)
class DeepNorm:
    """The factors of a model; None for a half that it does not have."""

    encoder: DeepNormFactors | None = None
    decoder: DeepNormFactors | None = None


def deep_norm(x: Array, added: Array, alpha: float) -> Array:
    """``LayerNorm(α·x + added)`` over the last axis."""
    return layer_norm(alpha * x + added)


def factors(encoder_layers: int = 0, decoder_layers: int = 0) -> DeepNorm:
    """α and β by the closed formulas, from N encoder and M decoder layers.

    One stack of N layers: α = (2N)^¼, β = (8N)^-¼. Both: the encoder has
    α = 0.81 (N⁴M)^(1/16), β = 0.87 (N⁴M)^(-1/16), the decoder α = (3M)^¼, β = (12M)^-¼.

    Raises:
        BadSpec: No layers, or fewer than none.
    """
    n, m = encoder_layers, decoder_layers
    if n < 0 or m < 0 or n + m == 0:
        raise BadSpec("DeepNorm needs at least one layer.", "Give the number of layers.")
    if n and m:
        joint = (n**4 * m) ** (1 / 16)
        return DeepNorm(
            DeepNormFactors(0.81 * joint, 0.87 / joint),
            DeepNormFactors((3 * m) ** 0.25, (12 * m) ** -0.25),
        )
    single = DeepNormFactors((2 * (n or m)) ** 0.25, (8 * (n or m)) ** -0.25)
    return DeepNorm(encoder=single) if n else DeepNorm(decoder=single)


def chatglm_alpha(layers: int) -> float:
    """α as ChatGLM-6B's released code sets it: √(2N), not the paper's fourth root."""
    return float((2 * layers) ** 0.5)
