"""Log-probabilities, entropies and candidates against a plain forward pass."""

from __future__ import annotations

import pytest
import torch

from engine.decoding.loop import decode
from engine.decoding.measuring import measure
from engine.decoding.params import Sampling
from engine.decoding.request import Request
from engine.decoding.scoring import score
from engine.errors import PromptError
from tests.support.tiny_models import tiny_model

PROMPTS = [tuple(range(40, 75)), tuple(range(40, 90)), (5, 9, 200)]
HOT = Sampling(temperature=1.5, max_new_tokens=12, seed=3)


def true_rows(model, prompt, answer) -> torch.Tensor:
    """Float64 log-softmax of each answer step, ``[answer, vocabulary]``."""
    ids = torch.tensor([[*prompt, *answer]])
    with torch.no_grad():
        logits = model(ids, attention_mask=torch.ones_like(ids)).logits[0]
    return logits[len(prompt) - 1 : -1].double().log_softmax(-1)


@pytest.mark.parametrize("architecture", ["llama", "bloom"])
def test_decoded_tokens_carry_the_models_own_figures(architecture: str) -> None:
    model, tokenizer = tiny_model(architecture)
    requests = [
        Request(prompt, forced=(7, 8) if i == 1 else ()) for i, prompt in enumerate(PROMPTS)
    ]
    for prompt, answer in zip(PROMPTS, decode(model, tokenizer, requests, HOT), strict=True):
        ids = [token.id for token in answer.tokens]
        rows = true_rows(model, prompt, ids)
        for token, row in zip(answer.tokens, rows, strict=True):
            assert token.logprob == pytest.approx(row[token.id].item(), abs=2e-5)
            assert token.entropy == pytest.approx(-(row.exp() * row).sum().item(), abs=2e-5)
            best = row.topk(5)
            assert [c.id for c in token.top] == best.indices.tolist()
            assert [c.logprob for c in token.top] == pytest.approx(best.values.tolist(), abs=2e-5)


def test_forced_tokens_come_first_and_are_measured() -> None:
    model, tokenizer = tiny_model("llama")
    (answer,) = decode(model, tokenizer, [Request(PROMPTS[0], forced=(70, 71, 72))], HOT)
    assert [token.id for token in answer.tokens[:3]] == [70, 71, 72]
    assert len(answer.tokens) == 12
    scored = score(model, PROMPTS[0], [token.id for token in answer.tokens], tokenizer)
    assert [t.text for t in scored] == [t.text for t in answer.tokens]
    for mine, theirs in zip(answer.tokens, scored, strict=True):
        assert mine.logprob == pytest.approx(theirs.logprob, abs=2e-5)
        assert mine.entropy == pytest.approx(theirs.entropy, abs=2e-5)


def test_score_is_the_models_log_softmax() -> None:
    model, _ = tiny_model("gpt2")
    answer = [9, 40, 3, 250]
    rows = true_rows(model, PROMPTS[2], answer)
    records = score(model, PROMPTS[2], answer, record_top=2)
    for token, record, row in zip(answer, records, rows, strict=True):
        assert record.id == token
        assert record.logprob == pytest.approx(row[token].item(), abs=2e-5)
        assert len(record.top) == 2
    assert score(model, PROMPTS[2], []) == ()
    with pytest.raises(PromptError):
        score(model, [], answer)


def test_impossible_tokens_do_not_spoil_the_entropy() -> None:
    logits = torch.tensor([[0.0, -torch.inf, 0.0]])
    figures = measure(logits, torch.tensor([2]), 3)
    assert figures.entropies == pytest.approx([torch.log(torch.tensor(2.0)).item()])
    assert figures.logprobs == pytest.approx([-torch.log(torch.tensor(2.0)).item()])


def test_fewer_candidates_when_asked() -> None:
    model, tokenizer = tiny_model("llama")
    (answer,) = decode(model, tokenizer, [Request(PROMPTS[2])], HOT, record_top=0)
    assert all(token.top == () for token in answer.tokens)
