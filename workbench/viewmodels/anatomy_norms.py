"""Norms: one vector through each, and the measured curves and costs as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.inspection.anatomy.norms.deep_norm import DeepNorm, factors
from engine.inspection.anatomy.norms.placement import Step, through, vector

WIDTH: Final = 16
MOST_LAYERS: Final = 100


@dataclass(frozen=True)
class NormChoice:
    """The vector and the depth.

    Attributes:
        offset: Mean that the vector is drawn around.
        scale: Its spread.
        layers: Depth of the stack that DeepNorm's α and β are for.
    """

    offset: float = 1.5
    scale: float = 2.0
    layers: int = 28


def steps(choice: NormChoice) -> tuple[Step, ...]:
    """The vector, normalised by each norm, and after one sub-layer in each placement."""
    found = factors(decoder_layers=choice.layers).decoder
    assert found is not None
    return through(vector(WIDTH, choice.offset, choice.scale), found.alpha)


def deepnorm(choice: NormChoice) -> DeepNorm:
    """α and β for an encoder and a decoder of that depth each."""
    return factors(choice.layers, choice.layers)


def deepnorm_single(choice: NormChoice) -> DeepNorm:
    """α and β for one stack of that depth."""
    return factors(decoder_layers=choice.layers)
