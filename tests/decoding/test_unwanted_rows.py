"""Rows that nobody wants any more, and rows that are sampled in ways of their own."""

from __future__ import annotations

import pytest

from engine.decoding.loop import decode
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from tests.support.tiny_models import tiny_model

HOT = Sampling(temperature=1.0, max_new_tokens=24, seed=3)
SHARED = tuple(range(20, 60))
REQUESTS = [Request((*SHARED, 70 + n), item=str(n)) for n in range(8)]


def tokens(generation) -> list[int]:
    return [token.id for token in generation.tokens]


@pytest.mark.parametrize("batch_size", [None, 3, 1])
@pytest.mark.parametrize("architecture", ["llama", "bloom"])
def test_dropped_rows_leave_the_others_tokens_as_they_were(architecture, batch_size) -> None:
    model, tokenizer = tiny_model(architecture)
    whole = decode(model, tokenizer, REQUESTS, HOT, batch_size=batch_size)
    unwanted: set[int] = set()
    steps = 0
    ended = []

    def on_tokens(index, _records) -> None:
        nonlocal steps
        steps += index == 0
        if steps == 5:
            unwanted.update({1, 4, 6})

    found = decode(
        model,
        tokenizer,
        REQUESTS,
        HOT,
        batch_size=batch_size,
        on_tokens=on_tokens,
        on_finish=lambda index, _generation: ended.append(index),
        unwanted=unwanted,
    )
    assert sorted(ended) == list(range(len(REQUESTS)))
    for index in range(len(REQUESTS)):
        if index in unwanted and found[index].finish == "cancelled":
            said = tokens(found[index])
            assert said == tokens(whole[index])[: len(said)]
            assert len(said) < len(whole[index].tokens)
        else:
            assert index not in unwanted or batch_size is None
            assert tokens(found[index]) == tokens(whole[index])
    assert sum(found[index].finish == "cancelled" for index in unwanted) >= 2


def test_rows_that_never_entered_end_without_a_token() -> None:
    model, tokenizer = tiny_model("llama")
    unwanted: set[int] = set()
    found = decode(
        model,
        tokenizer,
        REQUESTS,
        HOT,
        batch_size=2,
        on_finish=lambda _index, _generation: unwanted.update(range(2, 8)),
        unwanted=unwanted,
    )
    late = [one for one in found if not one.tokens]
    assert late
    assert {(one.finish, one.text, one.total_ms) for one in late} == {("cancelled", "", 0.0)}


def test_each_request_may_be_sampled_in_its_own_way() -> None:
    model, tokenizer = tiny_model("llama")
    ways = (
        Sampling(max_new_tokens=9),
        Sampling(temperature=0.8, max_new_tokens=14, seed=5, top_k=40),
        Sampling(temperature=0.8, max_new_tokens=14, seed=6, repetition_penalty=1.4),
        HOT,
    )
    mixed = [
        Request(one.prompt_ids, one.item, n, sampling=way)
        for one in REQUESTS
        for n, way in enumerate(ways)
    ]
    found = decode(model, tokenizer, mixed, HOT)
    for number, way in enumerate(ways):
        own = [Request(one.prompt_ids, one.item, number) for one in REQUESTS]
        alone = decode(model, tokenizer, own, way)
        assert [tokens(a) for a in found[number :: len(ways)]] == [tokens(a) for a in alone]
        assert max(len(a.tokens) for a in alone) <= way.max_new_tokens
