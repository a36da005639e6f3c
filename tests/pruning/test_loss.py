"""The loss of windows: equal to a plain loop over all logits, and never more logits than fit."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from engine.errors import UnsupportedModel
from engine.pruning import loss as counted
from engine.pruning.passages import Passages
from tests.support.tiny_models import tiny_model


def windows(scored: torch.Tensor, lengths: list[int]) -> Passages:
    rows, width = scored.shape
    ids = torch.randint(0, 100, (rows, width), generator=torch.Generator().manual_seed(3))
    real = torch.arange(width)[None] < torch.tensor(lengths)[:, None]
    return Passages(ids, real, scored & real, "", "a test")


def plain(model, text: Passages) -> float:
    total = count = 0.0
    for ids, real, scored in zip(text.ids, text.real, text.scored, strict=True):
        length = int(real.sum())
        logits = model(input_ids=ids[None, :length]).logits[0].double()
        for place in range(1, length):
            if scored[place]:
                total -= F.log_softmax(logits[place - 1], -1)[ids[place]].item()
                count += 1
    return total / count


@pytest.fixture
def model():
    return tiny_model("llama")[0]


def test_it_equals_a_plain_loop_over_all_logits(model) -> None:
    scored = torch.rand((21, 17), generator=torch.Generator().manual_seed(1)) < 0.3
    text = windows(scored, [17 - place % 9 for place in range(21)])
    found = counted.loss(model, text, lambda: None)
    assert found.nll == pytest.approx(plain(model, text), abs=2e-6)
    assert found.tokens == int(text.scored[:, 1:].sum())


def test_a_window_where_nothing_counts_adds_nothing(model) -> None:
    scored = torch.zeros((2, 9), dtype=torch.bool)
    scored[0, 4] = True
    text = windows(scored, [9, 5])
    found = counted.losses(model, text, lambda: None)
    assert found.counts == (1, 0)
    assert found.sums[1] == 0.0
    assert found.sums[0] == pytest.approx(plain(model, text), abs=2e-6)


@pytest.mark.parametrize("family", ["bert", "t5"])
def test_a_model_without_next_tokens_is_refused(family: str) -> None:
    text = windows(torch.ones((1, 8), dtype=torch.bool), [8])
    with pytest.raises(UnsupportedModel, match="next tokens"):
        counted.loss(tiny_model(family)[0], text, lambda: None)


def test_logits_of_one_forward_stay_below_the_limit(model, monkeypatch: pytest.MonkeyPatch) -> None:
    text = windows(torch.ones((10, 8), dtype=torch.bool), [8] * 10)
    vocabulary = model.config.vocab_size
    monkeypatch.setattr(counted, "LOGITS_BYTES", 3 * 8 * vocabulary * 4)
    sizes: list[int] = []
    model.lm_head.register_forward_hook(lambda _, __, out: sizes.append(out.numel() * 4))
    found = counted.loss(model, text, lambda: None)
    assert len(sizes) == math.ceil(10 / 3)
    assert max(sizes) <= counted.LOGITS_BYTES
    assert found.nll == pytest.approx(plain(model, text), abs=2e-6)
