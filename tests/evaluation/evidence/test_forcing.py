"""Batched teacher forcing with shared beginnings against plain forward passes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.decoding.interrupt import no_check
from engine.errors import JobCancelled, PromptError
from engine.evaluation.evidence.forcing import Pair, divergence, force
from tests.support.tiny_models import tiny_model

SHARED = tuple(range(10, 50))
PAIRS = [
    Pair((*SHARED, 60, 61), (70, 71, 72)),
    Pair((*SHARED, 60, 61), (80,)),
    Pair((*SHARED, 90), (70, 71, 72, 73, 74)),
    Pair((5, 6, 7), (8, 9)),
    Pair(SHARED, (60, 61)),
]


def plain(model, pair):
    """One pass over prompt and answer, nothing shared."""
    with torch.no_grad():
        logits = model(torch.tensor([[*pair.prompt, *pair.answer]])).logits
    return logits[0, len(pair.prompt) - 1 : -1].log_softmax(-1)


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gpt2", "mistral", "gemma2"])
def test_every_pair_reads_as_alone(architecture: str):
    model, tokenizer = tiny_model(architecture)
    loaded = SimpleNamespace(model=model, tokenizer=tokenizer)
    found = {}
    stats = force(loaded, PAIRS, found.__setitem__, check=no_check)
    assert sorted(found) == list(range(len(PAIRS)))
    for index, pair in enumerate(PAIRS):
        assert found[index].shape == (len(pair.answer), model.config.vocab_size)
        torch.testing.assert_close(found[index], plain(model, pair), atol=2e-5, rtol=1e-4)
    assert stats.reused_tokens > 2 * len(SHARED)


def test_chosen_pairs_come_first():
    model, tokenizer = tiny_model("llama")
    loaded = SimpleNamespace(model=model, tokenizer=tokenizer)
    order: list[int] = []
    force(loaded, PAIRS, lambda i, _: order.append(i), check=no_check, first=(2, 3))
    assert set(order[:2]) == {2, 3}
    assert sorted(order) == list(range(len(PAIRS)))


def test_divergence_is_the_sum_over_the_whole_vocabulary():
    make = np.random.default_rng(0)
    first, second = make.dirichlet(np.ones(30), 4), make.dirichlet(np.ones(30), 4)
    wanted = (first * (np.log(first) - np.log(second))).sum(-1)
    found = divergence(torch.tensor(first).log(), torch.tensor(second).log())
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-9)
    same = torch.tensor(first).log()
    assert divergence(same, same).abs().max() == 0
    certain = torch.tensor([[0.0, -torch.inf]])
    assert divergence(certain, torch.tensor([[0.5, 0.5]]).log())[0] == pytest.approx(np.log(2))


def test_an_empty_answer_is_refused_and_a_stop_is_obeyed():
    model, tokenizer = tiny_model("llama")
    loaded = SimpleNamespace(model=model, tokenizer=tokenizer)
    with pytest.raises(PromptError, match="no tokens"):
        force(loaded, [Pair((5,), ())], lambda i, _: None, check=no_check)

    def stop() -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        force(loaded, PAIRS, lambda i, _: None, check=stop)
