"""Caches that forget or squeeze: what they give, and how little they hold."""

from __future__ import annotations

from functools import lru_cache

import pytest
import torch

from engine.context.attention.registry import RULES
from engine.context.caches import make_cache
from engine.context.memory import cache_bytes
from engine.context.methods import applied, method_of
from engine.context.probes.reading import Reader
from engine.errors import BadSpec
from engine.models.architecture import shape_of
from tests.support.tiny_models import tiny_model

TRAINED = 64


def nothing() -> None:
    return


@lru_cache
def model_of(family="llama"):
    model, _ = tiny_model(family)
    model.config.max_position_embeddings = TRAINED
    with torch.no_grad():
        draw = torch.Generator().manual_seed(3)
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.copy_(torch.randn(weight.shape, generator=draw) * 0.15)
    return model


IDS = torch.randint(4, 250, (200,), generator=torch.Generator().manual_seed(1)).tolist()


@pytest.mark.parametrize("name", ["sinks", "sliding"])
@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_forgetting_gives_what_the_rule_gives_with_everything_kept(family, name):
    model = model_of(family)
    method = method_of(name)
    with applied(model, method, 3.0):
        truth = Reader(model, nothing, chunk=0).read(IDS, kept=200)
    with applied(model, method, 3.0) as state:
        reader = Reader(model, nothing, 1, make_cache("evicting", model, state))
        parts = [
            Reader(model, nothing, 50, reader.cache).read(IDS[:70], kept=70),
            torch.cat([reader.read([one]) for one in IDS[70:120]]),
            Reader(model, nothing, 33, reader.cache).read(IDS[120:], kept=80),
        ]
        assert reader.cache.get_seq_length() == 200
        for layer in reader.cache.layers:
            assert layer.keys.shape[-2] <= TRAINED
        assert sum(state.keeps) == TRAINED
        bound = cache_bytes(shape_of(model.config), 200, "float32", "evicting", TRAINED)
        assert reader.bytes <= bound
    assert (torch.cat(parts) - truth).abs().max() < 1e-4


def test_only_rules_that_forget_get_a_cache_that_forgets():
    model = model_of()
    with applied(model, method_of("rerope"), 2.0) as state, pytest.raises(BadSpec, match="every"):
        make_cache("evicting", model, state)
    needy = {name for name, rule in RULES.items() if rule.fitted(TRAINED, 2.0).keeps() is None}
    assert needy == set(RULES) - {"sinks", "sliding"}


def test_eight_bits_hold_a_quarter_and_are_near():
    model = model_of()
    with applied(model, method_of("direct"), 1.0) as state:
        full = Reader(model, nothing, 0)
        squeezed = Reader(model, nothing, 0, make_cache("fp8", model, state))
        for reader in (full, squeezed):
            reader.read(IDS[:40])
        exact = full.read(IDS[40:60], kept=20)
        apart = (exact - squeezed.read(IDS[40:60], kept=20)).abs().mean()
        scales = 2 * 2 * 4  # keys and values of two layers have one float32 each
        assert squeezed.bytes == full.bytes // 4 + scales
        assert 0 < apart < 0.2 * exact.abs().mean()
        forecast = cache_bytes(shape_of(model.config), 60, "float32", "fp8")
        assert squeezed.bytes == forecast + scales


@pytest.mark.parametrize(
    ("kind", "match"),
    [("offloaded", "CUDA"), ("quanto", "not installed"), ("hqq", "not installed")],
)
def test_caches_that_cannot_work_here_say_so(kind, match):
    model = model_of()
    with applied(model, method_of("direct"), 1.0) as state, pytest.raises(BadSpec, match=match):
        make_cache(kind, model, state)


def test_a_whole_persona_is_kept():
    model = model_of()
    with applied(model, method_of("sinks"), 3.0, first=30) as state:
        (rule,) = state.rules
        assert (rule.sinks, rule.recent) == (30, TRAINED - 30)
        reader = Reader(model, nothing, 1, make_cache("evicting", model, state))
        reader.read(IDS)
        assert reader.cache.layers[0].keys.shape[-2] == TRAINED - 1
    with pytest.raises(BadSpec, match="no room"), applied(
        model, method_of("sinks"), 3.0, first=TRAINED
    ):  # fmt: skip
        pass
