"""A method put in force on a loaded model is what a load with it would be, and leaves no trace."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, DynamicCache

from engine.context.attention.registry import RULES
from engine.context.method_names import (
    JOINED,
    METHOD_NAMES,
    MOVING_NAMES,
    PARTS,
    SCALING_NAMES,
    check_method,
)
from engine.context.methods import applied, method_of, refusal
from engine.context.scaling.live import live_config
from engine.context.scaling.registry import SCALINGS
from engine.errors import BadSpec
from tests.support.tiny_models import CONTEXT, save_tiny
from tests.support.tiny_models import tiny_model as built

FACTOR = 4.0
LONG = tuple(1 + 0.3 * pair for pair in range(8))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    found = {}
    for family in ("llama", "qwen2"):
        folder = tmp_path_factory.mktemp(family)
        save_tiny(family, folder)
        found[family] = folder
    return found


def tiny_model(family):
    return built(family)[0]


@lru_cache
def ids_of(tokens):
    return torch.randint(4, 250, (1, tokens), generator=torch.Generator().manual_seed(2))


def loaded(folder, **parameters):
    config = AutoConfig.from_pretrained(folder)
    if parameters:
        config.rope_parameters = parameters
    return AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=torch.float32).eval()


@torch.no_grad()
def logits(model, tokens=CONTEXT + 40):
    return model(input_ids=ids_of(tokens)).logits


def long_factor(model):
    return LONG[: live_config(model).pairs]


@pytest.mark.parametrize("name", SCALING_NAMES)
@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_a_swap_is_a_fresh_load_bit_for_bit(folders, family, name):
    model = loaded(folders[family])
    plain = logits(model)
    before = dict(model.named_modules())
    length = CONTEXT + 40
    method = method_of(name, long_factor(model))
    with applied(model, method, FACTOR, length) as state:
        found = logits(model)
        want, attention = method.scaling.inv_freq(state.before, FACTOR, length)
    np.testing.assert_allclose(state.after.inv_freq, want, rtol=3e-7)
    assert state.after.attention == pytest.approx(attention, rel=1e-12)
    parameters = method.scaling.parameters(state.before, FACTOR, length)
    assert torch.equal(found, logits(loaded(folders[family], **parameters)))
    assert torch.equal(found, plain) == (name == "direct")
    assert torch.equal(logits(model), plain)
    assert all(before[key] is module for key, module in model.named_modules())


@pytest.mark.parametrize("name", [name for name in SCALING_NAMES if name != "longrope"])
def test_factor_one_is_the_plain_model(folders, name):
    model = loaded(folders["llama"])
    plain = logits(model, CONTEXT)
    with applied(model, method_of(name), 1.0):
        assert torch.equal(logits(model, CONTEXT), plain)


@torch.no_grad()
def apart(model, method):
    """Largest difference between one pass and a growing cache, beyond the trained length."""
    ids = ids_of(CONTEXT + 60)
    with applied(model, method, FACTOR, ids.shape[1]):
        whole = model(input_ids=ids).logits[0, -1]
    with applied(model, method, FACTOR, ids.shape[1]):
        cache = DynamicCache()
        for part in (ids[:, : CONTEXT - 20], ids[:, CONTEXT - 20 : -2], *ids[:, -2:].split(1, 1)):
            last = model(input_ids=part, past_key_values=cache, use_cache=True).logits[0, -1]
    return float((whole - last).abs().max())


@pytest.mark.parametrize("name", [*SCALING_NAMES, *RULES])
def test_a_cache_gives_what_one_pass_gives_or_is_flagged(name):
    model = tiny_model("llama")
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.mul_(4)
    method = method_of(name, long_factor(model))
    gap = apart(model, method)
    assert (gap < 1e-3) == method.keeps_cache, gap


def test_every_list_of_methods_is_made_from_the_classes():
    assert (*SCALINGS, *RULES, "alibi") == METHOD_NAMES
    assert MOVING_NAMES == ("self-extend", "rerope", "leaky-rerope", "sinks")
    for name, part in PARTS.items():
        assert part.name == name
        assert part.title
        assert part.formula
        assert part.summary.endswith(".")
    for name in JOINED:
        check_method(name)


def test_joined_methods_do_both():
    model = tiny_model("llama")
    with applied(model, method_of("yarn+log-n"), FACTOR) as state:
        both = logits(model)
        assert [rule.name for rule in state.rules] == ["log-n"]
    with applied(model, method_of("yarn"), FACTOR):
        one = logits(model)
    assert not torch.equal(both, one)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("rope++", "no method"),
        ("yarn+linear", "exclude each other"),
        ("rerope+self-extend", "exclude each other"),
        ("yarn+yarn", "twice"),
    ],
)
def test_names_that_are_none(name, match):
    with pytest.raises(BadSpec, match=match):
        method_of(name)


def test_what_does_not_apply_says_why():
    bloom = tiny_model("bloom")
    assert refusal(bloom, method_of("direct")) is None
    for name in ("linear", "yarn", "rerope", "self-extend"):
        assert "ALiBi turns nothing" in refusal(bloom, method_of(name)).message
    with pytest.raises(BadSpec, match="ALiBi turns nothing"), applied(
        bloom, method_of("linear"), 2.0
    ):  # fmt: skip
        pass
    assert "cannot be exchanged" in refusal(bloom, method_of("sliding")).message
    assert "nothing to turn" in refusal(tiny_model("gpt2"), method_of("ntk")).message
    assert "fixed angle" in refusal(tiny_model("llama"), method_of("dynamic+rerope")).message
    with pytest.raises(BadSpec, match="the factor"), applied(
        tiny_model("llama"), method_of("linear"), 0.5
    ):  # fmt: skip
        pass


def test_scaled_models_are_stretched_further():
    """A model with a scaling of its own keeps it: its frequencies are divided once more."""
    model = tiny_model("llama")
    config = model.config
    config.rope_parameters = {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 2.0}
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    own = live_config(model).inv_freq
    with applied(model, method_of("linear"), 3.0) as state:
        np.testing.assert_allclose(state.after.inv_freq, own / 3, rtol=1e-6)
    np.testing.assert_array_equal(live_config(model).inv_freq, own)
