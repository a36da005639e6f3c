"""Greedy float32 output is what transformers' own `generate` gives at batch 1, token for token."""

from __future__ import annotations

import random
from functools import cache

import pytest
import torch
import transformers as tf

from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from engine.decoding.stats import DecodeStats
from tests.support.tiny_models import DECODERS, tiny_config, tiny_model

NEW = 16
GREEDY = Sampling(max_new_tokens=NEW)


@cache
def prompts() -> tuple[tuple[int, ...], ...]:
    """Two shared beginnings of 41 and 70 tokens, some prompts apart, lengths around 33 and 65."""
    rng = random.Random(0)

    def some(count: int) -> tuple[int, ...]:
        return tuple(rng.randrange(4, 260) for _ in range(count))

    first, second = some(41), some(70)
    shared = [first + some(length) for length in (3, 9, 9, 24)]
    longer = [second + some(length) for length in (1, 2, 17, 30)]
    nested = [longer[3] + some(5), longer[3], shared[0], first]
    apart = [some(length) for length in (1, 5, 32, 33, 65, 97)]
    return (*shared, *longer, *nested, *apart)


@cache
def reference(architecture: str) -> tuple[tuple[int, ...], ...]:
    model, _ = tiny_model(architecture)
    answers = []
    for prompt in prompts():
        ids = torch.tensor([prompt])
        out = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=NEW,
        )
        answers.append(tuple(out[0, len(prompt) :].tolist()))
    return tuple(answers)


def answers_of(architecture: str, **how) -> tuple[tuple[int, ...], ...]:
    model, tokenizer = tiny_model(architecture)
    requests = [Request(prompt) for prompt in prompts()]
    found = decode(model, tokenizer, requests, GREEDY, **how)
    return tuple(tuple(token.id for token in answer.tokens) for answer in found)


def test_the_reference_is_varied() -> None:
    lengths = {len(answer) for name in DECODERS for answer in reference(name)}
    assert len({answer for name in DECODERS for answer in reference(name)}) > 50
    assert NEW in lengths


@pytest.mark.parametrize("architecture", DECODERS)
def test_alone(architecture: str) -> None:
    assert answers_of(architecture, batch_size=1) == reference(architecture)


@pytest.mark.parametrize("architecture", DECODERS)
def test_all_together_over_shared_prefixes(architecture: str) -> None:
    stats = DecodeStats()
    assert answers_of(architecture, stats=stats) == reference(architecture)
    assert stats.rows == len(prompts())
    assert stats.reused_tokens > 41 * 3 + 70 * 3


@pytest.mark.parametrize("architecture", DECODERS)
def test_rows_that_enter_late(architecture: str) -> None:
    assert answers_of(architecture, batch_size=3) == reference(architecture)


@pytest.mark.parametrize("architecture", ["llama", "bloom", "mistral"])
def test_a_kept_beginning_of_the_answer(architecture: str) -> None:
    model, tokenizer = tiny_model(architecture)
    wanted = reference(architecture)
    requests = [
        Request(prompt, forced=answer[: index % 5])
        for index, (prompt, answer) in enumerate(zip(prompts(), wanted, strict=True))
    ]
    found = decode(model, tokenizer, requests, GREEDY)
    assert tuple(tuple(token.id for token in answer.tokens) for answer in found) == wanted


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gemma2"])
def test_a_cache_that_must_grow_and_shift(
    architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.decoding.loop.RESERVE", 1)
    monkeypatch.setattr("engine.decoding.cache.GROWTH", 2)
    model, tokenizer = tiny_model(architecture)
    wanted = dict(zip(prompts(), reference(architecture), strict=True))
    short_first = sorted(prompts(), key=len)
    found = decode(model, tokenizer, [Request(p) for p in short_first], GREEDY, batch_size=2)
    for prompt, answer in zip(short_first, found, strict=True):
        assert tuple(token.id for token in answer.tokens) == wanted[prompt]


@pytest.mark.parametrize("batch_size", [1, 5])
def test_repetition_penalty(batch_size: int) -> None:
    model, tokenizer = tiny_model("qwen2")
    sampling = Sampling(max_new_tokens=NEW, repetition_penalty=1.7)
    some = prompts()[::3]
    found = decode(model, tokenizer, [Request(p) for p in some], sampling, batch_size=batch_size)
    for prompt, answer in zip(some, found, strict=True):
        ids = torch.tensor([prompt])
        out = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=NEW,
            repetition_penalty=1.7,
        )
        assert [token.id for token in answer.tokens] == out[0, len(prompt) :].tolist()
    plain = decode(model, tokenizer, [Request(p) for p in some], GREEDY)
    assert [a.tokens for a in plain] != [a.tokens for a in found]


def test_models_whose_rows_depend_on_each_other_are_decoded_one_by_one() -> None:
    config = tiny_config("llama")
    config.rope_parameters = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 4.0}
    config.max_position_embeddings = 128
    torch.manual_seed(0)
    model = tf.LlamaForCausalLM(config).eval()
    _, tokenizer = tiny_model("llama")
    some = [prompt for prompt in prompts() if len(prompt) < 110][:4]
    stats = DecodeStats()
    found = decode(model, tokenizer, [Request(p) for p in some], GREEDY, stats=stats)
    assert stats.rows == 1
    assert "RoPE" in stats.reason
    for prompt, answer in zip(some, found, strict=True):
        ids = torch.tensor([prompt])
        out = model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=NEW
        )
        assert [token.id for token in answer.tokens] == out[0, len(prompt) :].tolist()
