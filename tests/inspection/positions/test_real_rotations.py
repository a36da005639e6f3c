"""Heads captured from real models: turned back they are the projections, turned anew a real run."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.inspection.capture import LayerCapture
from engine.inspection.passing import Passage, run_passage
from engine.inspection.positions.counterfactual import changed
from engine.inspection.positions.counterfactual_spec import CounterfactualSpec
from engine.inspection.positions.rope import before_rotation, normalised, rerotated
from engine.inspection.probe import Probe
from engine.models.loaded import LoadedModel
from tests.inspection.inside_models import held

IDS = tuple(range(40, 90))


def first_layer(loaded: LoadedModel) -> LayerCapture:
    probe = Probe(loaded.model, layers=frozenset({0}))
    run_passage(probe, Passage(IDS), lambda *_: None)
    return next(iter(probe.captures()))


@pytest.mark.parametrize("family", ["llama", "glm", "qwen2", "mistral"])
def test_turned_back_they_are_what_the_projections_gave(family) -> None:
    """`qwen2` and the others norm no queries, so q_proj's output is the truth."""
    loaded = held(family)
    seen: dict[str, torch.Tensor] = {}
    attention = loaded.model.model.layers[0].self_attn

    def keep(name: str):
        return lambda _module, _args, output: seen.update({name: output[0]})

    handles = [
        attention.q_proj.register_forward_hook(keep("q")),
        attention.k_proj.register_forward_hook(keep("k")),
    ]
    layer = first_layer(loaded)
    for handle in handles:
        handle.remove()
    q = seen["q"].view(len(IDS), 4, 16).numpy()
    k = seen["k"].view(len(IDS), 2, 16).numpy()
    for head in range(4):
        plain = before_rotation(layer, head)
        np.testing.assert_allclose(plain.q, q[:, head], atol=1e-6)
        np.testing.assert_allclose(plain.k, k[:, head // 2], atol=1e-6)


@pytest.mark.parametrize(
    ("family", "rotation"),
    [
        ("llama", "yarn"),
        ("glm", "linear"),
        ("qwen3", "ntk-exact"),
        ("gemma2", "llama3"),
        ("mistral", "remove"),
    ],
)
def test_turned_anew_they_are_what_a_forward_pass_gives(family, rotation) -> None:
    """What enters the first layer does not depend on the rotation."""
    loaded = held(family)
    own = first_layer(loaded)
    spec = CounterfactualSpec(ids=IDS, rotation=rotation, factor=4.0)
    with changed(loaded, spec, len(IDS)) as used:
        real = first_layer(loaded)
    for head in range(4):
        ours = normalised(rerotated(own, head, used.inv_freq, used.attention))
        np.testing.assert_allclose(ours.q[0], real.q[head], atol=2e-6)
        np.testing.assert_allclose(ours.k[0], real.k[head // 2], atol=2e-6)
        np.testing.assert_allclose(ours.lse[0], real.lse[head], atol=1e-5)
    assert not np.allclose(own.q, real.q, atol=1e-3)
