"""Batch sizes by memory, batches of prompts by cost, shared prefixes by enumeration."""

from __future__ import annotations

import itertools
import random

import pytest
import torch
from transformers import DynamicCache

from engine.decoding.batching import MOST_ROWS, batches_of, bytes_per_column, plan_rows
from engine.decoding.cache import RowCache
from engine.decoding.prefixes import MIN_SHARED, shared_prefixes
from tests.support.tiny_models import tiny_model


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gemma2"])
def test_bytes_per_column_is_what_a_cache_really_takes(architecture: str) -> None:
    model, _ = tiny_model(architecture)
    cache = DynamicCache(config=model.config)
    with torch.no_grad():
        model(torch.tensor([[5, 6, 7, 8]]), past_key_values=cache, use_cache=True)
    taken = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert bytes_per_column(model) == taken / 4


def test_rows_by_memory() -> None:
    model, _ = tiny_model("llama")
    row = bytes_per_column(model) * 100
    assert plan_rows(model, 100, 50, None, free=row * 20).rows == 10
    assert "free" in plan_rows(model, 100, 50, None, free=row * 20).reason
    assert plan_rows(model, 100, 50, None, free=row * 1000).rows == 50
    assert plan_rows(model, 100, 5000, None, free=row * 10**6).rows == MOST_ROWS
    assert plan_rows(model, 100, 50, None, free=0).rows == 1
    assert plan_rows(model, 100, 50, None).rows == 50


def test_rows_as_asked() -> None:
    model, _ = tiny_model("llama")
    assert plan_rows(model, 100, 50, 7).rows == 7
    assert plan_rows(model, 100, 3, 7).rows == 3
    assert plan_rows(model, 100, 50, 1, free=0).rows == 1


def cost(lengths: list[int], spans: list[tuple[int, int]], overhead: int) -> int:
    return sum((stop - start) * lengths[stop - 1] + overhead for start, stop in spans)


def test_batches_of_prompts_cost_least() -> None:
    rng = random.Random(1)
    for _ in range(30):
        lengths = sorted(rng.randrange(1, 60) for _ in range(7))
        budget, overhead = 120, rng.choice([1, 20, 100])
        found = batches_of(lengths, budget, overhead)
        options = []
        for cuts in itertools.product([False, True], repeat=6):
            edges = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), 7]
            spans = list(itertools.pairwise(edges))
            if all((b - a) * lengths[b - 1] <= budget or b - a == 1 for a, b in spans):
                options.append(cost(lengths, spans, overhead))
        assert cost(lengths, found, overhead) == min(options)
        assert [place for a, b in found for place in range(a, b)] == list(range(7))


def test_shared_prefixes_are_the_longest_shared_beginnings() -> None:
    rng = random.Random(2)
    roots = [tuple(rng.randrange(9) for _ in range(60)) for _ in range(3)]
    prompts = [root[: rng.randrange(40, 60)] + (10 + n,) * 3 for n, root in enumerate(roots * 8)]
    for index, prefix in enumerate(shared_prefixes(prompts)):
        others = [p for i, p in enumerate(prompts) if i != index]
        longest = max(
            sum(
                1
                for _ in itertools.takewhile(
                    lambda pair: pair[0] == pair[1], zip(*pair, strict=False)
                )
            )
            for pair in ((prompts[index], other) for other in others)
        )
        assert prefix is not None
        chain = prefix.chain()
        assert prompts[index][: len(prefix.ids)] == prefix.ids
        assert len(prefix.ids) <= longest
        assert [link.level for link in chain] == list(range(len(chain)))[::-1]
        assert all(link.own_length >= MIN_SHARED for link in chain)
        assert all(index in link.users for link in chain)
        assert chain[-1].ids == roots[index % 3][: len(chain[-1].ids)]
        assert len(prefix.ids) >= 40


def test_nothing_shared_no_prefix() -> None:
    assert shared_prefixes([(1,) * 50, (2,) * 50, (3,)]) == [None, None, None]
    assert shared_prefixes([(1, 2, 3)]) == [None]
    assert shared_prefixes([]) == []
    assert shared_prefixes([(1, 2), (1, 3)]) == [None, None]  # too short to pay


def test_equal_prompts_share_everything() -> None:
    prompt = tuple(range(70))
    found = shared_prefixes([prompt] * 3)
    assert {prefix.ids for prefix in found if prefix} == {prompt}
    assert found[0] is found[1] is found[2]


def test_rows_keep_their_columns_when_others_leave_and_enter() -> None:
    """The cache against plain per-row lists, through 300 random changes."""
    rng = random.Random(3)
    torch.manual_seed(0)
    device = torch.device("cpu")

    def states(length: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        return [(torch.randn(2, length, 4), torch.randn(2, length, 6)) for _ in range(2)]

    def filled(rows: list[list[tuple[torch.Tensor, torch.Tensor]]]) -> RowCache:
        lengths = [row[0][0].shape[1] for row in rows]
        cache = RowCache(2, lengths, max(lengths), device)
        cache.window.end = max(lengths)
        for place, row in enumerate(rows):
            cache.seed(place, row, lengths[place])
        return cache

    truth = [states(5), states(3)]
    cache = filled(truth)
    for _ in range(300):
        move = rng.randrange(3)
        if move == 0 and len(truth) < 6:
            fresh = [states(rng.randrange(1, 40)) for _ in range(rng.randrange(1, 3))]
            cache.adopt(filled(fresh), 6, [None] * len(fresh))
            truth += fresh
        elif move == 1 and len(truth) > 1:
            leaving = rng.sample(range(len(truth)), rng.randrange(1, len(truth)))
            for source, target in cache.drop(leaving):
                truth[target] = truth[source]
            del truth[cache.rows :]
        else:
            mask, positions = cache.begin_step()
            sizes = [row[0][0].shape[1] for row in truth]
            assert mask.sum(-1).tolist() == [size + 1 for size in sizes]
            assert positions.flatten().tolist() == sizes
            added = [(torch.randn(len(truth), 2, 1, 4), torch.randn(len(truth), 2, 1, 6))] * 2
            for number, (keys, values) in enumerate(added):
                cache.update(keys, values, number)
            cache.end_step()
            truth = [
                [
                    (torch.cat([k, add_k[place]], 1), torch.cat([v, add_v[place]], 1))
                    for (k, v), (add_k, add_v) in zip(row, added, strict=True)
                ]
                for place, row in enumerate(truth)
            ]
        assert cache.rows == len(truth)
        for place, row in enumerate(truth):
            for mine, wanted in zip(cache.row_states(place), row, strict=True):
                assert torch.equal(mine[0], wanted[0])
                assert torch.equal(mine[1], wanted[1])
