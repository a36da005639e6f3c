"""The visible attention under other rotary frequencies, without asking the model again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.context.scaling.base import RopeConfig
from engine.context.scaling.registry import SCALINGS, inv_freq
from engine.errors import EngineError, ErrorReport
from engine.inspection.capture import LayerCapture
from engine.inspection.positions.distance import DistanceCurve, binned, measured
from engine.inspection.positions.rope import config_of, rerotated, wavelengths
from engine.inspection.softmax import softmaxed
from engine.inspection.stages import stage
from engine.inspection.tiles import levels, tile

PRESETS: Final = tuple(SCALINGS)
MOST_WEIGHTS: Final = 768
"""Longer texts show mean raw scores: their softmax would take longer than a drag may wait."""
MAP_PIXELS: Final = 256
"""Of a map of means: their cost grows with the pixels, and a drag may wait 50 ms."""
FACTORS: Final = (1.0, 32.0)
CURVE_POINTS: Final = 300


@dataclass(frozen=True, eq=False)
class Stretched:
    """One head under one preset.

    Attributes:
        preset, factor: What was asked for.
        inv_freq: The frequencies, ``[pairs]``.
        attention: The factor on cos and sin.
        layer: The head turned again (head 0 of it).
        values: The map, ``[pixels, pixels]``: weights, or mean scores of blocks of tokens.
        hidden: Pixels that no query sees.
        weights: Whether `values` are weights.
        step: Tokens per pixel.
        milliseconds: What turning and drawing took.
    """

    preset: str
    factor: float
    inv_freq: NDArray[np.float64]
    attention: float
    layer: LayerCapture
    values: NDArray[np.float32]
    hidden: NDArray[np.bool_]
    weights: bool
    step: int
    milliseconds: float


@dataclass(frozen=True, eq=False)
class PresetWaves:
    """Wavelengths of one preset, or why it cannot be had.

    Attributes:
        name: The preset.
        wavelengths: ``[pairs]``; empty with a problem.
        problem: Why there are none, or None.
    """

    name: str
    wavelengths: NDArray[np.float64]
    problem: ErrorReport | None = None


def stretched_length(config: RopeConfig, factor: float) -> int:
    """The length that a factor is for."""
    return round(config.trained * factor)


def stretch(layer: LayerCapture, head: int, trained: int, preset: str, factor: float) -> Stretched:
    """Turn a captured head by a preset's frequencies and rebuild its map.

    Raises:
        BadSpec: The layer has no rotation, or the preset cannot be applied to this model.
    """
    begin = time.perf_counter()
    config = config_of(layer, trained)
    frequencies, attention = inv_freq(preset, config, factor, stretched_length(config, factor))
    turned = rerotated(layer, head, frequencies, attention)
    weights = max(turned.shape) <= MOST_WEIGHTS
    level = 0 if weights else levels(turned, MAP_PIXELS) - 1
    values = _weights(turned) if weights else tile(turned, 0, "mask", level, 0, 0, MAP_PIXELS)
    hidden = ~turned.mask.allowed(*_every(turned)) if weights else np.isneginf(values)
    taken = (time.perf_counter() - begin) * 1000
    return Stretched(
        preset, factor, frequencies, attention, turned, values, hidden, weights, 1 << level, taken
    )


def _weights(layer: LayerCapture) -> NDArray[np.float32]:
    """Softmax of the scores of head 0, ``[queries, keys]``."""
    scores = stage(layer, 0, "softcap", *_every(layer))
    return softmaxed(scores, None if layer.sinks is None else float(layer.sinks[0]))


def _every(layer: LayerCapture) -> tuple[slice, slice]:
    return slice(0, layer.shape[0]), slice(0, layer.shape[1])


def waves(layer: LayerCapture, trained: int, factor: float) -> tuple[PresetWaves, ...]:
    """Wavelengths of every preset at a factor."""
    config = config_of(layer, trained)
    found = []
    for name in PRESETS:
        try:
            changed, _ = inv_freq(name, config, factor, stretched_length(config, factor))
        except EngineError as error:
            found.append(PresetWaves(name, np.zeros(0), error.report()))
        else:
            found.append(PresetWaves(name, wavelengths(changed)))
    return tuple(found)


def curve_of(stretched: Stretched) -> DistanceCurve:
    """Mean score per distance of the head as it is turned now."""
    return binned(measured(stretched.layer, 0), CURVE_POINTS)
