"""Filters and penalty against transformers' own logits processors."""

from __future__ import annotations

import pytest
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from engine.decoding import choosing
from engine.decoding.choosing import SeenTokens, choose, filter_candidates, penalize
from engine.decoding.params import Sampling
from engine.errors import BadSpec

ROWS, VOCABULARY = 7, 1000


def logits(spread: float = 3.0) -> torch.Tensor:
    return torch.randn(ROWS, VOCABULARY, generator=torch.Generator().manual_seed(1)) * spread


def kept_by_us(scores: torch.Tensor, sampling: Sampling) -> list[set[int]]:
    found, ids = filter_candidates(scores, sampling)
    if ids is None:
        ids = torch.arange(found.shape[-1]).expand_as(found)
    return [
        {int(i) for i, value in zip(row_ids, row, strict=True) if value > -torch.inf}
        for row_ids, row in zip(ids, found, strict=True)
    ]


def kept_by_transformers(scores: torch.Tensor, sampling: Sampling) -> list[set[int]]:
    steps = LogitsProcessorList()
    if sampling.top_k:
        steps.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        steps.append(TopPLogitsWarper(sampling.top_p))
    if sampling.min_p:
        steps.append(MinPLogitsWarper(sampling.min_p))
    done = steps(torch.zeros((ROWS, 1), dtype=torch.long), scores.clone())
    return [set(torch.nonzero(row > -torch.inf).flatten().tolist()) for row in done]


@pytest.mark.parametrize(
    "how",
    [
        {"top_k": 1},
        {"top_k": 40},
        {"top_k": 5000},
        {"top_p": 0.9},
        {"top_p": 0.05},
        {"top_p": 0.999},
        {"min_p": 0.1},
        {"top_k": 30, "top_p": 0.8},
        {"top_k": 50, "top_p": 0.95, "min_p": 0.05},
        {"top_p": 0.9, "min_p": 0.3},
    ],
)
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_the_same_tokens_survive(how: dict[str, float], spread: float) -> None:
    sampling = Sampling(temperature=1.0, **how)
    scores = logits(spread)
    assert kept_by_us(scores, sampling) == kept_by_transformers(scores, sampling)


def test_a_nucleus_wider_than_the_first_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "FIRST_CANDIDATES", 3)
    sampling = Sampling(temperature=1.0, top_p=0.9)
    wanted = kept_by_transformers(logits(), sampling)
    assert max(map(len, wanted)) > 3
    assert kept_by_us(logits(), sampling) == wanted


def test_repetition_penalty_is_transformers() -> None:
    history = torch.randint(0, VOCABULARY, (ROWS, 30), generator=torch.Generator().manual_seed(2))
    seen = SeenTokens(VOCABULARY, torch.device("cpu"))
    seen.append([row.tolist() for row in history])
    mine = penalize(logits(), seen.table, 1.4)
    theirs = RepetitionPenaltyLogitsProcessor(1.4)(history, logits())
    assert torch.allclose(mine, theirs)
    assert not torch.allclose(mine, logits())


def test_seen_tokens_follow_the_rows() -> None:
    seen = SeenTokens(10, torch.device("cpu"))
    seen.append([[1], [2, 3], [4]])
    seen.mark(torch.tensor([0, 2]), torch.tensor([7, 8]))
    seen.drop([(2, 0)], 2)
    assert [torch.nonzero(row).flatten().tolist() for row in seen.table] == [[4, 8], [2, 3]]


def test_greedy_is_the_argmax_whatever_the_filters() -> None:
    sampling = Sampling(temperature=0.0, top_k=3, top_p=0.5)
    assert torch.equal(choose(logits(), sampling, [], None), logits().argmax(-1))


def test_temperature_divides_before_the_filters() -> None:
    sampling = Sampling(temperature=2.0, top_p=0.7)
    hot = TemperatureLogitsWarper(2.0)(torch.zeros((ROWS, 1), dtype=torch.long), logits())
    allowed = kept_by_transformers(hot, sampling)
    for draw in range(20):
        chosen = choose(logits(), sampling, [draw * 100 + row for row in range(ROWS)], None)
        assert all(int(token) in kept for token, kept in zip(chosen, allowed, strict=True))


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1}, {"top_p": 0}, {"min_p": 1}, {"max_new_tokens": 0}]
)
def test_values_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadSpec):
        Sampling(**wrong).check()
