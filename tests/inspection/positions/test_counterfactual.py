"""Positions told in another way, against models that were built that way."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
import transformers as tf
from tokenizers import Tokenizer, decoders, models

from engine.context.scaling.live import live_config, preserved
from engine.context.scaling.registry import SCALINGS
from engine.errors import BadSpec, JobCancelled
from engine.evaluation.spec import Provenance
from engine.inspection.inside_text import InsideText
from engine.inspection.positions.alibi import released_slopes, textbook_slopes
from engine.inspection.positions.counterfactual import answer, changed
from engine.inspection.positions.counterfactual_spec import (
    CounterfactualResult,
    CounterfactualSpec,
)
from engine.jobs.spec import decode, encode
from engine.models.loaded import LoadedModel
from engine.models.reference import ModelRef
from tests.inspection.inside_models import IDS, held, hooks_of, plain, text_for
from tests.support.tiny_models import tiny_config, tiny_model, tiny_tokenizer

ORIGIN = cast(Provenance, None)
LONG_IDS = tuple(range(40, 88))
ROTATING = ("llama", "qwen3", "glm", "gemma2", "mistral")
CLOSE = {"atol": 2e-5, "rtol": 1e-5}


def ask(loaded: LoadedModel, **values) -> CounterfactualResult:
    spec = CounterfactualSpec(**{"model": loaded.ref, "ids": IDS, **values})
    spec.check()
    return answer(loaded, spec, ORIGIN)


def under(loaded: LoadedModel, ids=IDS, **values) -> torch.Tensor:
    """Logits ``[tokens, vocabulary]`` of transformers' own forward pass under a change."""
    spec = CounterfactualSpec(model=loaded.ref, ids=ids, **values)
    with changed(loaded, spec, len(ids)):
        return plain(loaded, text_for(loaded, ids))


def built(rope: dict[str, object], context: int = 512) -> LoadedModel:
    """The tiny Llama with a rotation of its own, same weights for the same seed."""
    config = tiny_config("llama")
    config.rope_parameters = rope
    config.max_position_embeddings = context
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = tf.AutoModelForCausalLM.from_config(config).float().eval()
    like = held("llama")
    return LoadedModel(model, tiny_tokenizer(), ModelRef("own"), Path(), like._weights, like.info)


def state(loaded: LoadedModel) -> tuple[dict[str, torch.Tensor], list[tuple[int, object]], int]:
    """Everything a change could leave behind."""
    model = loaded.model
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    rotary = [module for module in model.modules() if hasattr(module, "rope_type")]
    kept = [
        (id(module._buffers["inv_freq"]), (module.rope_type, module.attention_scaling))
        for module in rotary
        if "inv_freq" in module._buffers
    ]
    return buffers, kept, hooks_of(model)


def same(first, second) -> bool:
    equal = all(torch.equal(first[0][name], second[0][name]) for name in first[0] | second[0])
    return equal and first[1:] == second[1:]


@pytest.mark.parametrize("name", [name for name in SCALINGS if name != "longrope"])
@pytest.mark.parametrize("family", ["llama", "glm"])
def test_factor_one_changes_no_bit(family, name) -> None:
    loaded = held(family)
    found = ask(loaded, rotation=name, factor=1.0, new_tokens=5)
    assert found.change.kl == 0
    assert all(one.before == one.after and one.logit_delta == 0 for one in found.change.tokens)
    assert np.array_equal(found.loss_before, found.loss_after)
    assert not found.kl.any()
    assert found.text_before == found.text_after != ""
    assert np.array_equal(found.inv_freq, found.rope.inv_freq)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("linear", {}),
        ("yarn", {"original_max_position_embeddings": 512}),
        (
            "llama3",
            {
                "original_max_position_embeddings": 512,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
            },
        ),
    ],
)
def test_a_preset_is_the_model_loaded_with_it(name, own) -> None:
    fresh = built({"rope_type": name, "rope_theta": 10_000.0, "factor": 4.0, **own})
    text = text_for(fresh, LONG_IDS)
    torch.testing.assert_close(
        under(held("llama"), LONG_IDS, rotation=name, factor=4.0), plain(fresh, text), **CLOSE
    )


def test_ntk_is_a_larger_base() -> None:
    fresh = built({"rope_type": "default", "rope_theta": 80_000.0})
    text = text_for(fresh, LONG_IDS)
    torch.testing.assert_close(
        under(held("llama"), LONG_IDS, rotation="ntk", factor=8.0), plain(fresh, text), **CLOSE
    )


def test_longrope_takes_its_lists_from_the_model() -> None:
    lists = {"short_factor": [1.5] * 8, "long_factor": [3.0 + n for n in range(8)]}
    rope = {"rope_type": "longrope", "rope_theta": 10_000.0, "factor": 4.0} | lists
    own = built(rope | {"original_max_position_embeddings": 32}, context=128)
    assert live_config(own.model).trained == 32
    far = [(3.0 + n) / 1.5 for n in range(8)]
    np.testing.assert_allclose(live_config(own.model).long_factor, far)
    before = state(own)
    native = plain(own, text_for(own, LONG_IDS))  # longer than 32: the long list is in use
    with preserved(own.model):
        pass
    found = ask(own, rotation="longrope", factor=1.0, ids=LONG_IDS, length=48)
    np.testing.assert_allclose(
        found.inv_freq, 10_000.0 ** (-np.arange(0, 16, 2) / 16) / (3.0 + np.arange(8)), rtol=1e-6
    )
    spec = CounterfactualSpec(ids=LONG_IDS, rotation="longrope", factor=1.0)
    with preserved(own.model), changed(own, spec, 48):
        torch.testing.assert_close(plain(own, text_for(own, LONG_IDS)), native, **CLOSE)
    assert before[1:] == state(own)[1:]


@pytest.mark.parametrize("family", ROTATING)
def test_without_rotation_every_token_stands_at_position_zero(family) -> None:
    loaded = held(family)
    text = text_for(loaded)
    still = plain(loaded, text, position_ids=torch.zeros(1, len(IDS), dtype=torch.long))
    torch.testing.assert_close(under(loaded, rotation="remove"), still, **CLOSE)
    assert not torch.allclose(still, plain(loaded, text), atol=1e-3)


def biased_mask(slopes: np.ndarray, tokens: int, window: int = 10**6) -> torch.Tensor:
    """Causal mask and −slope·(i − j), cell by cell, ``[1, heads, tokens, tokens]``."""
    least = torch.finfo(torch.float32).min
    mask = torch.full((1, len(slopes), tokens, tokens), least)
    for head, slope in enumerate(slopes):
        for i in range(tokens):
            for j in range(max(0, i - window + 1), i + 1):
                mask[0, head, i, j] = -slope * (i - j)
    return mask


@pytest.mark.parametrize("rule", ["released", "textbook"])
@pytest.mark.parametrize("family", ["llama", "qwen3", "gpt2", "glm"])
def test_added_biases_are_an_additive_mask(family, rule) -> None:
    loaded = held(family)
    slopes = {"released": released_slopes, "textbook": textbook_slopes}[rule](4) * 2
    truth = plain(loaded, text_for(loaded), attention_mask=biased_mask(slopes, len(IDS)))
    found = under(loaded, alibi="add", slopes=rule, strength=2.0)
    torch.testing.assert_close(found, truth, **CLOSE)
    assert not torch.allclose(found, plain(loaded, text_for(loaded)), atol=1e-3)


@pytest.mark.parametrize("family", ["mistral", "gemma2"])
def test_added_biases_keep_windows_and_softcaps(family) -> None:
    loaded = held(family)
    full = biased_mask(released_slopes(4), len(LONG_IDS))
    near = biased_mask(released_slopes(4), len(LONG_IDS), window=32)
    by_type = {"full_attention": full, "sliding_attention": near}
    mask = near if family == "mistral" else by_type
    truth = plain(loaded, text_for(loaded, LONG_IDS), attention_mask=mask)
    torch.testing.assert_close(under(loaded, LONG_IDS, alibi="add"), truth, **CLOSE)


def test_both_at_once_is_alibi_instead_of_rope() -> None:
    loaded = held("llama")
    truth = plain(
        loaded,
        text_for(loaded),
        attention_mask=biased_mask(released_slopes(4), len(IDS)),
        position_ids=torch.zeros(1, len(IDS), dtype=torch.long),
    )
    torch.testing.assert_close(under(loaded, alibi="add", rotation="remove"), truth, **CLOSE)


def biased(kind: str) -> LoadedModel:
    """A tiny model with linear biases of its own."""
    if kind == "bloom":
        return held("bloom")
    common = {"vocab_size": 260, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    config: tf.PretrainedConfig
    if kind == "mpt":
        config = tf.MptConfig(**common, d_model=64, n_heads=4, n_layers=2, max_seq_len=64)
    else:
        config = tf.FalconConfig(
            **common, hidden_size=64, num_attention_heads=4, num_hidden_layers=2, alibi=True
        )
    config.initializer_range = 0.1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = tf.AutoModelForCausalLM.from_config(config).float().eval()
    like = held("llama")
    return LoadedModel(model, tiny_tokenizer(), ModelRef(kind), Path(), like._weights, like.info)


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("bloom", "_get_alibi_slopes"),
        ("mpt", "build_mpt_alibi_tensor"),
        ("falcon", "build_alibi_tensor"),
    ],
)
def test_biases_taken_away_are_slopes_of_zero(kind, function, monkeypatch) -> None:
    loaded = biased(kind)
    home = sys.modules[type(loaded.model).__module__]
    real = getattr(home, function)
    found = under(loaded, alibi="remove")
    assert getattr(home, function) is real
    own = plain(loaded, text_for(loaded))
    monkeypatch.setattr(home, function, lambda *a, **k: real(*a, **k) * 0)
    torch.testing.assert_close(found, plain(loaded, text_for(loaded)), **CLOSE)
    assert not torch.allclose(found, own, atol=1e-3)
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2"])
def test_the_text_is_the_one_that_whole_forward_passes_give(family) -> None:
    """Step by step without a cache, each time with the mask written out."""
    loaded = held(family)
    found = ask(loaded, alibi="add", strength=3.0, new_tokens=6)
    ids = list(IDS)
    for _ in range(6):
        mask = biased_mask(released_slopes(4) * 3, len(ids))
        given = {"full_attention": mask, "sliding_attention": mask}
        logits = plain(
            loaded,
            text_for(loaded, tuple(ids)),
            attention_mask=given if family == "gemma2" else mask,
        )
        ids.append(int(logits[-1].argmax()))
    assert found.text_after == loaded.tokenizer.decode(ids[len(IDS) :])
    kept = ask(loaded, alibi="keep", new_tokens=6)
    assert found.text_before == kept.text_before == kept.text_after


def test_a_character_that_is_cut_short_is_said_as_the_tokenizer_says_it() -> None:
    model, _ = tiny_model("llama", seed=1)
    with torch.no_grad():
        model.get_output_embeddings().weight.zero_()  # always token 0: the first byte of three
    bytes_alone = Tokenizer(models.BPE(vocab={"\u00e4": 0, "a": 1}, merges=[]))
    bytes_alone.decoder = decoders.ByteLevel()
    tokenizer = tf.PreTrainedTokenizerFast(tokenizer_object=bytes_alone)
    model.generation_config.eos_token_id = 1
    like = held("llama")
    loaded = LoadedModel(model, tokenizer, ModelRef("own"), Path(), like._weights, like.info)
    assert (
        ask(loaded, ids=(1, 1), new_tokens=2).text_before
        == tokenizer.decode([0, 0])
        == "\ufffd" * 2
    )


def test_figures_are_those_of_the_two_models() -> None:
    loaded = held("llama")
    before = torch.log_softmax(plain(loaded, text_for(loaded)), -1)
    after = torch.log_softmax(under(loaded, rotation="linear", factor=8.0), -1)
    found = ask(loaded, rotation="linear", factor=8.0)
    kl = (before.exp() * (before - after)).sum(-1)
    np.testing.assert_allclose(found.kl, kl.numpy(), atol=1e-5)
    assert found.change.kl == pytest.approx(float(kl[-1]), abs=1e-5)
    following = torch.tensor(IDS[1:])[:, None]
    for ours, theirs in ((found.loss_before, before), (found.loss_after, after)):
        truth = -theirs[:-1].gather(-1, following).squeeze(-1)
        np.testing.assert_allclose(ours, truth.numpy(), atol=1e-5)
    for one in found.change.tokens:
        assert one.after == pytest.approx(float(after[-1, one.id].exp()), abs=1e-6)
    quick = ask(loaded, rotation="linear", factor=8.0, losses=False)
    assert quick.reused
    assert quick.loss_before.size == 0
    assert quick.change == found.change


@pytest.mark.parametrize(
    "values",
    [
        {"rotation": "yarn", "factor": 4.0},
        {"rotation": "remove"},
        {"alibi": "add"},
        {"rotation": "ntk", "factor": 2.0, "alibi": "add", "new_tokens": 3},
    ],
)
def test_nothing_is_left_behind(values) -> None:
    loaded = held("llama")
    before = state(loaded)
    own = plain(loaded, text_for(loaded))
    ask(loaded, **values)
    assert same(before, state(loaded))
    assert torch.equal(own, plain(loaded, text_for(loaded)))


def test_nothing_is_left_behind_by_a_stop() -> None:
    loaded = held("llama")
    ask(loaded)  # the text is known, so the stop comes under the change
    before = state(loaded)

    def stop() -> None:
        raise JobCancelled

    spec = CounterfactualSpec(ids=IDS, rotation="yarn", factor=4.0, alibi="add")
    with pytest.raises(JobCancelled):
        answer(loaded, spec, ORIGIN, stop)
    assert same(before, state(loaded))


def test_a_rotation_that_changes_itself_is_put_back() -> None:
    loaded = built({"rope_type": "dynamic", "rope_theta": 10_000.0, "factor": 2.0}, context=32)
    rotary = loaded.model.model.rotary_emb
    before, size = state(loaded), rotary.max_seq_len_cached
    found = ask(loaded, ids=LONG_IDS, rotation="linear", factor=2.0)
    assert found.rope.trained == 32
    np.testing.assert_allclose(found.inv_freq, found.rope.inv_freq / 2)
    assert rotary.max_seq_len_cached == size
    assert same(before, state(loaded))


def test_dynamic_is_computed_for_the_whole_run() -> None:
    loaded = built({"rope_type": "default", "rope_theta": 10_000.0}, context=32)
    fresh = built({"rope_type": "dynamic", "rope_theta": 10_000.0, "factor": 2.0}, context=32)
    text = InsideText(LONG_IDS, (), "decoder", len(LONG_IDS) - 1)
    spec = CounterfactualSpec(ids=LONG_IDS, rotation="dynamic", factor=2.0)
    with changed(loaded, spec, len(LONG_IDS)):
        found = plain(loaded, text)
    torch.testing.assert_close(found, plain(fresh, text), **CLOSE)


def test_wrong_use() -> None:
    with pytest.raises(BadSpec, match="keeps no rotary frequencies"):
        ask(held("gpt2"), rotation="linear", factor=2.0)
    with pytest.raises(BadSpec, match="keeps no rotary frequencies"):
        ask(held("bloom"), rotation="remove")
    with pytest.raises(BadSpec, match="linear biases of its own"):
        ask(held("bloom"), alibi="add")
    with pytest.raises(BadSpec, match="no linear biases"):
        ask(held("llama"), alibi="remove")
    with pytest.raises(BadSpec, match="causal decoders"):
        ask(held("bert"), alibi="add")
    with pytest.raises(BadSpec, match="goes on with a text"):
        ask(held("bert"), new_tokens=3)
    with pytest.raises(BadSpec, match="no scaling preset"):
        ask(held("llama"), rotation="rope++")
    with pytest.raises(BadSpec, match="the factor"):
        ask(held("llama"), rotation="linear", factor=0.5)
    with pytest.raises(BadSpec, match="has none"):
        ask(held("llama"), rotation="longrope", factor=2.0)


def test_the_spec_survives_json() -> None:
    spec = CounterfactualSpec(
        ids=IDS, rotation="longrope", factor=2.0, long_factor=(1.0, 2.0), alibi="add"
    )
    assert decode(encode(spec)) == spec
