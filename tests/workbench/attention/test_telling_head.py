"""Which head is shown first, against the weights of every head."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from engine.evaluation.spec import Provenance
from engine.inspection.capture import Capture, LayerCapture
from engine.inspection.positions.rope import normalised, rerotated
from engine.inspection.stages import stage
from tests.inspection.positions.captures import rope_layer
from workbench.viewmodels import attention_heads
from workbench.viewmodels.attention_heads import NEAR, HeadAt, telling_head

HEADS, TOKENS = 4, 24


def layer_of(number: int) -> LayerCapture:
    layer, _, _ = rope_layer(tokens=TOKENS, heads=HEADS, seed=number)
    assert layer.rotation is not None
    lse = [
        normalised(rerotated(layer, head, layer.rotation.inv_freq)).lse[0] for head in range(HEADS)
    ]
    return replace(layer, layer=number, lse=np.stack(lse))


def capture_of(*layers: LayerCapture) -> Capture:
    words = tuple("abcdefghijklmnopqrstuvwx")
    nowhere = cast(Provenance, None)
    return Capture(words, tuple(range(TOKENS)), (), layers, len(layers), HEADS, nowhere)


def far(layer: LayerCapture, head: int) -> float:
    weights = stage(layer, head, "softmax", slice(None), slice(None))
    return float(weights[-1, 1 : TOKENS - NEAR].max())


def test_the_sharpest_far_look_is_shown_first() -> None:
    layers = [layer_of(number) for number in range(3)]
    by_head = {HeadAt(one.layer, h): far(one, h) for one in layers for h in range(HEADS)}
    found = telling_head(capture_of(*layers), "self")
    assert found == max(by_head, key=lambda head: by_head[head])
    assert telling_head(capture_of(*layers), "cross") is None


def test_of_a_long_text_few_heads_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = [layer_of(number) for number in range(3)]
    monkeypatch.setattr(attention_heads, "MOST_WEIGHTS", 3 * TOKENS)
    by_head = {HeadAt(n, 0): far(layers[n], 0) for n in range(3)}  # every fourth of twelve
    computed: list[int] = []

    def counted(layer: LayerCapture, head: int, *rest: object) -> object:
        computed.append(head)
        return stage(layer, head, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(attention_heads, "stage", counted)
    found = telling_head(capture_of(*layers), "self")
    assert found == max(by_head, key=lambda head: by_head[head])
    assert len(computed) == 3
