"""Attention over a shared beginning kept apart, against plain attention over expanded columns."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from engine.decoding.runner import Runner
from engine.decoding.shared_attention import NAME, Groups, SharedPast, attend
from tests.support.tiny_models import tiny_model

ROWS, KV_HEADS, GROUP, WIDTH, OWN = 7, 2, 3, 8, 11


def past(length: int, seed: int) -> SharedPast:
    make = torch.Generator().manual_seed(seed)
    shape = (KV_HEADS, length + 2, WIDTH)  # two columns more than are used
    pair = (torch.randn(shape, generator=make), torch.randn(shape, generator=make))
    unused = (torch.zeros(0), torch.zeros(0))
    return SharedPast([unused, pair], length)


def test_one_softmax_over_shared_and_own_columns() -> None:
    make = torch.Generator().manual_seed(0)
    first, second = past(20, 1), past(5, 2)
    pasts = [first, second, None, first, first, None, second]
    query = torch.randn(ROWS, KV_HEADS * GROUP, 1, WIDTH, generator=make)
    key = torch.randn(ROWS, KV_HEADS, OWN, WIDTH, generator=make)
    value = torch.randn(ROWS, KV_HEADS, OWN, WIDTH, generator=make)
    mask = torch.rand(ROWS, 1, 1, OWN, generator=make) > 0.4
    mask[..., -1] = True
    groups = Groups(pasts, torch.device("cpu"))
    found = attend(groups, 1, query * WIDTH**-0.5, key, value, mask)
    for row, shared in enumerate(pasts):
        keys, values, seen = key[row], value[row], mask[row, 0]
        if shared is not None:
            shared_keys, shared_values = shared.states[1]
            keys = torch.cat([shared_keys[:, : shared.length], keys], 1)
            values = torch.cat([shared_values[:, : shared.length], values], 1)
            seen = torch.cat([torch.ones(1, shared.length, dtype=torch.bool), seen], 1)
        wanted = scaled_dot_product_attention(
            query[row],
            keys.repeat_interleave(GROUP, 0),
            values.repeat_interleave(GROUP, 0),
            attn_mask=seen,
        )
        assert torch.allclose(found[row, 0], wanted[:, 0], atol=1e-5)


def requests(rows: int) -> list[Request]:
    shared = [tuple((7 * n + 31 * k) % 250 + 5 for n in range(90)) for k in range(2)]
    return [Request(shared[n % 2] + tuple(range(60, 64 + n)), item=str(n)) for n in range(rows)]


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "qwen3", "glm", "gpt2"])
def test_it_is_used_where_it_is_exact(architecture: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokenizer = tiny_model(architecture)
    shared: list[int] = []
    real = Runner.step

    def watched(self, cache, tokens):
        shared.append(sum(past is not None for past in cache.pasts))
        assert cache.window.width < 90
        return real(self, cache, tokens)

    monkeypatch.setattr(Runner, "step", watched)
    decode(model, tokenizer, requests(9), Sampling(max_new_tokens=3))
    assert shared[0] == 9
    assert model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("architecture", ["bloom", "gemma2", "mistral"])
def test_it_is_not_used_where_layers_have_rules_of_their_own(
    architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, tokenizer = tiny_model(architecture)
    before = model.config._attn_implementation
    real = Runner.step

    def watched(self, cache, tokens):
        assert cache.groups is None
        return real(self, cache, tokens)

    monkeypatch.setattr(Runner, "step", watched)
    decode(model, tokenizer, requests(9), Sampling(max_new_tokens=3))
    assert model.config._attn_implementation == before


def test_the_models_attention_is_put_back_after_an_error() -> None:
    model, tokenizer = tiny_model("llama")

    def fail(index: int, records: object) -> None:
        assert model.config._attn_implementation == NAME
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decode(model, tokenizer, requests(9), Sampling(), on_tokens=fail)
    assert model.config._attn_implementation == "sdpa"
