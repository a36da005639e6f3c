"""The probe on every family: proven weights, the real mask and bias, everything put back."""

from __future__ import annotations

import numpy as np
import pytest

from engine.bench.attention_models import FAMILIES, MASKED_MODELS, SEQUENCE_MODELS, build
from engine.inspection.capture import Alibi, BucketBias, DenseBias, LayerCapture
from engine.inspection.stages import stage

TOKENS = 60
# Families whose eager attention gives the weights that the model answers with.
WRITTEN_OUT = ("llama", "glm", "gemma2", "gpt-oss", "gpt2", "bloom", "mpt", "bert", "t5", "bart")


def captured(family: str, **wanted):
    from engine.inspection.passing import Passage, run_passage
    from engine.inspection.probe import Probe

    model = build(family)
    ids = tuple(int(one) for one in np.random.default_rng(1).integers(4, 120, TOKENS))
    target = ids[:25] if family in SEQUENCE_MODELS else ()
    probe = Probe(model, **wanted)
    causal = not target and family not in MASKED_MODELS
    before = answers(model, ids, target)
    run_passage(probe, Passage(ids, target, causal), lambda *_: None)
    after = answers(model, ids, target)
    return model, ids, target, probe.captures(), (before, after)


def answers(model, ids, target, **more):
    import torch

    arguments = {"input_ids": torch.tensor([ids]), "use_cache": False, **more}
    arguments["attention_mask"] = torch.ones_like(arguments["input_ids"])
    if target:
        arguments["decoder_input_ids"] = torch.tensor([target])
    with torch.no_grad():
        out = model(**arguments)
    return out if more else out.logits


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_are_proven_and_the_model_is_put_back(family):
    import torch

    model, _, target, layers, (before, after) = captured(family)
    assert len(layers) == (6 if target else 2)
    assert {layer.role for layer in layers} == (
        {"self", "encoder", "cross"} if target else {"self"}
    )
    for layer in layers:
        assert layer.error is not None
        assert layer.error <= 1e-5
        total = sum(stage(layer, 1, "softmax", slice(None), slice(None)).T)
        assert np.all(total <= 1 + 1e-5)
        if layer.sinks is None:
            np.testing.assert_allclose(total, 1, atol=1e-5)
    assert torch.equal(before, after)
    assert model.config._attn_implementation in {"sdpa", "eager"}
    assert not any(module._forward_pre_hooks for module in model.modules())


@pytest.mark.parametrize("family", WRITTEN_OUT)
def test_every_weight_equals_what_the_model_itself_gives_out(family):
    model, ids, target, layers, _ = captured(family)
    if model.config._attn_implementation != "eager":
        model.set_attn_implementation("eager")
    out = answers(model, ids, target, output_attentions=True)
    given = {
        "self": out.decoder_attentions if target else out.attentions,
        "encoder": out.get("encoder_attentions"),
        "cross": out.get("cross_attentions"),
    }
    for layer in layers:
        real = given[layer.role][layer.layer][0].numpy()
        for head in range(layer.heads):
            ours = stage(layer, head, "softmax", slice(None), slice(None))
            np.testing.assert_allclose(ours, real[head], atol=1e-5)


def only(family: str) -> LayerCapture:
    return captured(family)[3][0]


def test_rules_are_found_for_masks_and_biases():
    assert only("mistral").mask.kind == "window"
    assert only("mistral").mask.window == 24
    assert only("llama").mask.kind == "causal"
    assert only("bert").mask.kind == "full"
    assert isinstance(only("t5").bias, BucketBias)
    assert isinstance(only("deberta-v2").bias, DenseBias)
    lecture = [2.0 ** (-8 * (head + 1) / 4) for head in range(4)]
    for family in ("bloom", "mpt"):
        bias = only(family).bias
        assert isinstance(bias, Alibi)
        np.testing.assert_allclose(bias.slopes, lecture, rtol=1e-6)


def test_falcon_adds_its_slopes_once_and_divided():
    layer = only("falcon-alibi")
    assert isinstance(layer.bias, Alibi)
    lecture = np.array([2.0 ** (-8 * (head + 1) / 4) for head in range(4)])
    np.testing.assert_allclose(layer.bias.slopes, lecture / np.sqrt(16), rtol=1e-5)
    assert layer.rotation is None
    assert layer.note == ""


def test_pairing_and_width_of_rotations_are_those_of_the_families():
    found = {name: only(name).rotation for name in ("llama", "glm", "gptj", "gpt-neox", "cohere")}
    pairs = {name: (one.pairing, one.rotary_dim) for name, one in found.items() if one}
    assert pairs == {
        "llama": ("half", 16),
        "glm": ("interleaved", 8),
        "gptj": ("interleaved", 8),
        "gpt-neox": ("half", 4),
        "cohere": ("interleaved", 16),
    }
    frequencies = 10000.0 ** (-np.arange(8) / 8)
    np.testing.assert_allclose(found["llama"].inv_freq, frequencies, rtol=1e-6)


def test_turning_back_gives_what_the_projection_gave():
    import torch

    from engine.inspection.stages import queries

    model, ids, _, layers, _ = captured("llama")
    kept = []
    handle = model.model.layers[0].self_attn.q_proj.register_forward_hook(
        lambda _module, _args, output: kept.append(output)
    )
    with torch.no_grad():
        model(torch.tensor([ids]))
    handle.remove()
    plain = kept[0][0].view(TOKENS, 4, 16).transpose(0, 1).numpy()
    for head in range(4):
        ours = queries(layers[0], head, np.arange(TOKENS), turned_back=True)
        np.testing.assert_allclose(ours, plain[head], atol=1e-5)


def test_wanted_layers_and_heads_alone_are_kept():
    _, _, _, layers, _ = captured("llama", layers=frozenset({1}), heads=(3, 0), last=1)
    whole = captured("llama")[3][1]
    assert [layer.layer for layer in layers] == [1]
    assert layers[0].head_ids == (3, 0)
    np.testing.assert_array_equal(layers[0].q[0], whole.q[3])
    np.testing.assert_array_equal(layers[0].k[1], whole.k[0])
    ours = stage(layers[0], 0, "softmax", slice(None), slice(None))
    real = stage(whole, 3, "softmax", slice(None), slice(None))
    np.testing.assert_allclose(ours, real, atol=1e-6)


@pytest.mark.parametrize("family", ["llama", "bloom", "mistral"])
def test_a_text_in_pieces_gives_the_same_capture(family, monkeypatch):
    from engine.inspection import passing

    whole = captured(family)[3]
    monkeypatch.setattr(passing, "piece_rows", lambda *_: 17)
    pieces = captured(family)[3]
    for one, other in zip(whole, pieces, strict=True):
        np.testing.assert_allclose(one.q, other.q, atol=1e-4)
        np.testing.assert_allclose(one.lse, other.lse, atol=1e-4)
        assert one.mask.kind == other.mask.kind
        assert one.mask.window == other.mask.window
        every = slice(0, one.shape[0])
        np.testing.assert_array_equal(
            one.mask.allowed(every, every), other.mask.allowed(every, every)
        )
        assert other.error is not None
        assert other.error <= 1e-5
