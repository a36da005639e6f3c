"""The rotation that a model was loaded with, told once to every capture that turns by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.context.scaling.base import from_frequencies
from engine.context.scaling.live import live_ropes
from engine.inspection.probe import layer_type
from engine.inspection.reach import trained_length

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from engine.inspection.capture import LayerCapture


def with_ropes(
    model: PreTrainedModel, layers: tuple[LayerCapture, ...]
) -> tuple[LayerCapture, ...]:
    """The captures that turn, each with its model's rotation.

    Read from the rotary modules; of families that keep tables of sines (GPT-J) instead, from the
    frequencies that the probe found.
    """
    ropes = {rope.layer_type: rope.config for rope in live_ropes(model)}
    trained = trained_length(model) or 0
    found = []
    for layer in layers:
        turning = layer.rotation
        if turning is not None:
            rope = ropes.get(layer_type(model, layer.layer)) or ropes.get("")
            if rope is None or rope.pairs != len(turning.inv_freq):
                rope = from_frequencies(turning.inv_freq, trained, turning.scaling)
            layer = replace(layer, rope=rope)
        found.append(layer)
    return tuple(found)
