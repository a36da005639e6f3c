"""The lens against the model's own modules applied by hand; its last row is the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec
from engine.inspection.lens import depths, final_ids, row_at, states_at
from engine.inspection.lens_spec import LensResult, LensRow, LensSpec
from engine.inspection.reading import read
from engine.jobs.events import Event, Partial
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from tests.inspection.inside_models import FAMILIES, IDS, held, hooks_of, plain, text_for
from tests.support.tiny_models import save_tiny


@pytest.mark.parametrize("family", FAMILIES)
def test_the_last_row_is_the_models_own_output(family: str):
    loaded = held(family)
    text = text_for(loaded)
    reading = read(loaded, text)
    own = plain(loaded, text)
    final = final_ids(reading)
    assert torch.equal(final, own.argmax(-1))
    row = row_at(reading, 1, final, 4)
    probs = own.double().softmax(-1)
    best = probs.topk(4)
    np.testing.assert_array_equal(row.top_ids, best.indices.numpy())
    np.testing.assert_allclose(row.top_probs, best.values.numpy(), atol=1e-6)
    np.testing.assert_allclose(row.final_prob, probs.max(-1).values.numpy(), atol=1e-6)
    np.testing.assert_allclose(row.kl, 0.0, atol=1e-6)
    assert (row.final_rank == 1).all()
    entropy = -(probs * probs.log()).sum(-1)
    np.testing.assert_allclose(row.entropy, entropy.numpy(), atol=1e-5)
    assert hooks_of(loaded.model) == 0


@pytest.mark.parametrize(
    ("family", "norm", "head"),
    [
        ("llama", "model.norm", "lm_head"),
        ("bloom", "transformer.ln_f", "lm_head"),
        ("gpt2", "transformer.ln_f", "lm_head"),
    ],
)
def test_earlier_rows_are_norm_and_head_on_the_residual_stream(family: str, norm: str, head: str):
    loaded = held(family)
    reading = read(loaded, text_for(loaded))
    with torch.no_grad():
        states = loaded.model(torch.tensor([IDS]), output_hidden_states=True).hidden_states
        modules = loaded.model.get_submodule(norm), loaded.model.get_submodule(head)
        own = plain(loaded, reading.text).double().log_softmax(-1)
        for layer in (-1, 0):
            torch.testing.assert_close(states_at(reading, layer), states[layer + 1])
            logits = modules[1](modules[0](states[layer + 1]))[0].double()
            logprobs = logits.log_softmax(-1)
            row = row_at(reading, layer, final_ids(reading), 3)
            picked = logprobs.gather(1, own.argmax(-1)[:, None])[:, 0]
            np.testing.assert_allclose(row.final_prob, picked.exp().numpy(), atol=1e-6)
            place = (logprobs > picked[:, None]).sum(-1) + 1
            np.testing.assert_array_equal(row.final_rank, place.numpy())
            follow = logprobs[:-1].gather(1, torch.tensor(IDS[1:])[:, None])[:, 0]
            np.testing.assert_allclose(row.next_prob, follow.exp().numpy(), atol=1e-6)
            kl = (own.exp() * (own - logprobs)).sum(-1)
            np.testing.assert_allclose(row.kl, kl.numpy(), atol=1e-4)


def test_chunks_of_tokens_change_nothing(monkeypatch: pytest.MonkeyPatch):
    loaded = held("t5")
    reading = read(loaded, text_for(loaded))
    final = final_ids(reading)
    whole = row_at(reading, 0, final, 3)
    monkeypatch.setattr("engine.inspection.reading.LOGITS_BYTES", 4 * 260 * 3 * 2)
    assert len(reading.token_slices(3)) == 3
    parts = row_at(reading, 0, final_ids(reading), 3)
    np.testing.assert_array_equal(whole.top_ids, parts.top_ids)
    np.testing.assert_allclose(whole.kl, parts.kl, atol=1e-5)


def test_a_job_gives_every_depth_with_names(tmp_path: Path):
    ref = ModelRef(str(save_tiny("llama", tmp_path / "m")), options=LoadOptions(dtype="float32"))
    rows: list[LensRow] = []

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            rows.append(event.value)

    engine = Engine()
    result = engine.submit(LensSpec(model=ref, text="hello", top=2), hear).result(120)
    engine.close()
    assert isinstance(result, LensResult)
    assert [row.layer for row in result.rows] == [row.layer for row in rows] == [-1, 0, 1]
    assert result.tokens == tuple("hello")
    assert {int(token) for row in result.rows for token in row.top_ids.flat} <= set(result.names)
    ranks = np.stack([row.final_rank for row in result.rows])
    for token, first in enumerate(result.settled()):
        assert (ranks[first + 1 :, token] == 1).all()
        assert first == -1 or ranks[first, token] != 1


def test_layers_are_chosen_and_checked():
    loaded = held("llama")
    reading = read(loaded, text_for(loaded))
    assert depths(reading, ()) == [-1, 0, 1]
    assert depths(reading, (0,)) == [-1, 0, 1]
    with pytest.raises(BadSpec, match="no layer 2"):
        depths(reading, (2,))
    spec = LensSpec(text="Hi", layers=(0,))
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec):
        LensSpec(text="Hi", layers=(-1,)).check()
