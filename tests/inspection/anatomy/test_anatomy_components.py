"""Components are really taken out, and afterwards the model is bit for bit what it was."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from engine.errors import BadSpec
from engine.inspection.anatomy.components import Reading, compared, losses
from engine.inspection.anatomy.components_spec import COMPONENTS, ComponentsSpec
from engine.inspection.anatomy.taking_out import Parts
from engine.jobs.spec import decode, encode
from tests.support.tiny_models import tiny_model

IDS = tuple(range(40, 52))


def loaded_of(architecture: str) -> SimpleNamespace:
    model, _ = tiny_model(architecture)
    return SimpleNamespace(model=model, device=torch.device("cpu"))


def logits(model, ids=IDS):
    with torch.inference_mode():
        return model(torch.tensor([ids]), use_cache=False).logits[0]


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gpt2", "glm", "qwen3"])
def test_each_component_changes_the_output_and_comes_back_exactly(architecture: str):
    model, _ = tiny_model(architecture)
    parts = Parts(model)
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    before = logits(model)
    for component in COMPONENTS:
        assert parts.has(component)
        layers = (-1, 0, 1) if parts.by_layer(component) else (-1,)
        for layer in layers:
            with parts.without(component, layer):
                assert not torch.equal(logits(model), before)
            assert torch.equal(logits(model), before)
    with pytest.raises(RuntimeError, match="stop"), parts.without("norm"):
        raise RuntimeError("stop")
    assert torch.equal(logits(model), before)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gpt2"])
def test_without_positions_earlier_tokens_are_a_bag(architecture: str):
    """The last output no longer depends on the order of what came before it."""
    model, _ = tiny_model(architecture)
    swapped = (IDS[3], IDS[0], *IDS[1:3], *IDS[4:])
    one_layer = Parts(model)
    with one_layer.without("position"), one_layer.without("attention", 1):
        assert torch.allclose(logits(model)[-1], logits(model, swapped)[-1], atol=1e-5)
    assert not torch.allclose(logits(model)[-1], logits(model, swapped)[-1], atol=1e-5)


@pytest.mark.parametrize("architecture", ["llama", "bloom"])
def test_without_attention_and_mlp_only_the_token_itself_is_left(architecture: str):
    model, _ = tiny_model(architecture)
    parts = Parts(model)
    with parts.without("attention"):
        assert torch.allclose(logits(model)[-1], logits(model, IDS[-1:])[-1], atol=1e-5)
        with parts.without("mlp"), parts.without("final-norm"):
            base = model.get_decoder()
            x = model.get_input_embeddings()(torch.tensor([IDS]))
            if architecture == "bloom":
                x = base.word_embeddings_layernorm(x)
            assert torch.allclose(logits(model), model.get_output_embeddings()(x)[0], atol=1e-5)


def test_losses_of_padded_items_are_those_of_each_alone():
    loaded = loaded_of("llama")
    readings = (Reading(IDS, 1), Reading(IDS[:5], 3), Reading(IDS[2:9], 2))
    found = losses(loaded, readings, lambda: None)
    for reading, loss in zip(readings, found, strict=True):
        said = logits(loaded.model, reading.ids).log_softmax(-1)
        wanted = [-said[n - 1, reading.ids[n]] for n in range(reading.start, len(reading.ids))]
        assert loss == pytest.approx(float(torch.stack(wanted).mean()), abs=1e-5)


def test_the_spec_is_a_value():
    spec = ComponentsSpec(tasks=("key",), items=3, components=("mlp",), by_layer=False)
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec, match="0 items"):
        ComponentsSpec(items=0).check()
    with pytest.raises(BadSpec, match="No component"):
        ComponentsSpec(components=()).check()


def test_an_overflow_is_told_and_not_averaged():
    found = compared("norm", -1, [0.1, 0.2], [1.0, float("nan")])
    assert (found.loss, found.rise, found.overflowed) == (None, None, 1)
    found = compared("mlp", 0, [0.1, 0.2], [1.0, 2.2])
    assert found.rise.mean == pytest.approx(1.45)
    assert found.overflowed == 0
