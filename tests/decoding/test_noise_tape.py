"""Common random numbers: shared by variants, independent of the batch, and truly Gumbel."""

from __future__ import annotations

import math

import pytest
import torch

from engine.decoding.choosing import choose
from engine.decoding.loop import decode
from engine.decoding.noise import gumbel, step_key, tape_key
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from tests.support.tiny_models import tiny_model

HOT = Sampling(temperature=2.0, max_new_tokens=10, seed=11)


def ids(answers) -> list[list[int]]:
    return [[token.id for token in answer.tokens] for answer in answers]


def splitmix64(state: int) -> int:
    """The published generator, one output for one state, in plain integers."""
    mask = (1 << 64) - 1
    z = state & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def test_the_noise_is_the_published_generator_through_the_gumbel_formula() -> None:
    key = step_key(tape_key(0, "item", 2), 5)
    noise = gumbel([key], torch.arange(50))
    for token in range(50):
        bits = splitmix64(key + (token + 1) * 0x9E3779B97F4A7C15)
        share = ((bits >> 11) + 0.5) / 2**53
        wanted = -math.log(-math.log1p(-share))
        assert noise[0, token].item() == pytest.approx(wanted, rel=1e-4, abs=1e-4)


def test_splitmix_reference_value() -> None:
    # First output of SplitMix64 seeded with 0 (state 0 + golden), as published with the generator.
    assert splitmix64(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF


def test_each_part_of_the_key_matters() -> None:
    keys = {tape_key(seed, item, n) for seed in (0, 1) for item in ("a", "b") for n in (0, 1)}
    assert len(keys) == 8
    assert len({step_key(key, step) for key in keys for step in range(100)}) == 800


def test_a_subset_of_tokens_gets_the_same_noise() -> None:
    keys = [1, 2, 1]
    every = gumbel(keys, torch.arange(300))
    some = torch.tensor([[5, 299, 0], [7, 5, 1], [299, 5, 12]])
    assert torch.equal(gumbel(keys, some), every.gather(1, some))
    assert torch.equal(every[0], every[2])


def test_sampling_follows_the_softmax() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0, -3.0])
    draws = 20_000
    keys = [step_key(tape_key(0, str(n), 0), 0) for n in range(draws)]
    chosen = choose(logits.expand(draws, -1), Sampling(temperature=1.3), keys, None)
    counts = torch.bincount(chosen, minlength=5).double()
    wanted = (logits.double() / 1.3).softmax(-1) * draws
    chi_square = ((counts - wanted) ** 2 / wanted).sum().item()
    assert chi_square < 18.5  # 0.1 % of fair draws exceed it at four degrees of freedom
    assert (counts > 0).all()


def test_variants_of_one_item_share_their_noise() -> None:
    """A model that ignores the prompt must give every variant of an item the same answer."""
    model, tokenizer = tiny_model("llama")
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
    requests = [
        Request((10, 11, 12, 77), item="one"),
        Request((50, 77), item="one"),
        Request((50, 77), item="two"),
        Request((50, 77), item="one", sample=1),
    ]
    first, variant, other_item, other_sample = ids(decode(model, tokenizer, requests, HOT))
    assert first == variant
    assert other_item != first
    assert other_sample != first
    assert other_sample != other_item


def test_answers_do_not_depend_on_batch_order_or_size() -> None:
    model, tokenizer = tiny_model("gpt2")
    requests = [
        Request(tuple(range(30, 40 + 7 * n)), item=str(n % 3), sample=n // 3) for n in range(9)
    ]
    together = ids(decode(model, tokenizer, requests, HOT))
    backwards = ids(decode(model, tokenizer, requests[::-1], HOT))
    few = ids(decode(model, tokenizer, requests, HOT, batch_size=2))
    assert together == backwards[::-1] == few
    assert together == ids(decode(model, tokenizer, requests, HOT))
    other_seed = Sampling(temperature=2.0, max_new_tokens=10, seed=12)
    assert together != ids(decode(model, tokenizer, requests, other_seed))


def test_forced_tokens_keep_the_tapes_place() -> None:
    """Branching from an answer's own beginning gives the rest of that answer."""
    model, tokenizer = tiny_model("llama")
    (whole,) = ids(decode(model, tokenizer, [Request((40, 41, 42), item="x")], HOT))
    (again,) = ids(
        decode(model, tokenizer, [Request((40, 41, 42), item="x", forced=tuple(whole[:4]))], HOT)
    )
    assert again == whole
