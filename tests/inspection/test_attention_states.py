"""Two states against whole softmax matrices written out here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import Engine
from engine.errors import BadSpec, PromptError
from engine.evaluation.spec import Provenance
from engine.inspection.capture import Capture, LayerCapture, Mask
from engine.inspection.inspect_spec import InspectSpec
from engine.inspection.states import (
    difference,
    difference_tile,
    divergences,
    pairs,
    row_blocks,
    row_divergence,
)
from engine.inspection.states_spec import CompareStatesSpec, StatesPair
from engine.jobs.events import Event, Partial
from engine.jobs.job import JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from tests.support.tiny_models import PAD, save_tiny, tiny_model

TOKENS, HEADS, WIDTH = 150, 3, 8
NOWHERE = Provenance("m", "", (), "cpu", "float32", "none", "sdpa", 1, 0, "", {})


def scores(layer: LayerCapture, head: int) -> np.ndarray:
    """Masked scores, float64 ``[queries, keys]``."""
    values = layer.q[head].astype(np.float64) @ layer.k[head].astype(np.float64).T
    values = values * layer.scaling
    seen = np.tril(np.ones(values.shape, bool))
    return np.where(seen, values, -np.inf)


def layer_of(seed: int, number: int = 0, sinks: bool = False) -> LayerCapture:
    rng = np.random.default_rng(seed)
    q, k = (rng.normal(size=(HEADS, TOKENS, WIDTH)).astype(np.float32) for _ in range(2))
    plain = LayerCapture("m", number, "self", q, k, np.zeros((HEADS, TOKENS)), 0.5, Mask("causal"))
    sink = rng.normal(size=HEADS).astype(np.float32) if sinks else None
    rows = np.stack([scores(plain, head) for head in range(HEADS)])
    total = np.exp(rows).sum(-1)
    if sink is not None:
        total += np.exp(sink.astype(np.float64))[:, None]
    return replace(plain, lse=np.log(total), sinks=sink)


def weights(layer: LayerCapture, head: int) -> np.ndarray:
    """float64 ``[queries, keys + 1]``, the sink last."""
    found = np.exp(scores(layer, head) - layer.lse[head][:, None].astype(np.float64))
    return np.concatenate([found, np.clip(1 - found.sum(1, keepdims=True), 0, None)], axis=1)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """In bits, from entropies: H(m) - (H(p) + H(q)) / 2."""

    def entropy(values: np.ndarray) -> np.ndarray:
        logs = np.log2(np.where(values > 0, values, 1.0))
        return -(values * logs).sum(-1)

    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2


def capture_of(*layers: LayerCapture, ids: tuple[int, ...] = tuple(range(TOKENS))) -> Capture:
    return Capture(tuple(map(str, ids)), ids, (), layers, len(layers), HEADS, NOWHERE)


@pytest.mark.parametrize("sinks", [False, True])
def test_the_divergence_of_a_head_is_that_of_its_whole_matrices(
    sinks: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.inspection.states.COLUMNS", 47)
    first = capture_of(layer_of(1, 0, sinks), layer_of(2, 1, sinks))
    second = capture_of(layer_of(3, 0, sinks), layer_of(2, 1, sinks))
    shares: list[float] = []
    found = divergences(first, second, shares.append)
    for head in range(HEADS):
        rows = jensen_shannon(weights(first.layers[0], head), weights(second.layers[0], head))
        assert found.values[0, head] == pytest.approx(rows.mean(), abs=1e-5)
        assert found.worst[0, head] == pytest.approx(rows.max(), abs=1e-5)
        assert found.worst_row[0, head] == rows.argmax()
    assert found.values[1] == pytest.approx(0.0, abs=1e-6)
    assert found.rows == TOKENS
    assert shares == pytest.approx(np.arange(1, 2 * HEADS + 1) / (2 * HEADS))
    assert found.ranked()[0][0] == 0
    assert (found.layers, found.roles) == ((0, 1), ("self", "self"))


def test_long_texts_are_measured_in_spaced_blocks():
    blocks = list(row_blocks(10_000, 640))
    assert sum(block.stop - block.start for block in blocks) <= 704
    assert blocks[0].start == 0
    assert blocks[-1].stop > 9_900
    assert [(one.start, one.stop) for one in row_blocks(130, 640)] == [
        (0, 64),
        (64, 128),
        (128, 130),
    ]
    first, second = capture_of(layer_of(1)), capture_of(layer_of(3))
    some = divergences(first, second, most_rows=64)
    (pair,) = pairs(first, second)
    assert some.rows == 64
    rows = row_divergence(pair, 0, slice(0, 64))
    assert some.values[0, 0] == pytest.approx(rows.mean(), abs=1e-6)


def test_difference_maps_are_second_minus_first_and_0_where_hidden():
    first, second = capture_of(layer_of(1)), capture_of(layer_of(3))
    (pair,) = pairs(first, second)
    expected = weights(pair.second, 1)[:, :-1] - weights(pair.first, 1)[:, :-1]
    np.testing.assert_allclose(difference(pair, 1), expected, atol=1e-6)
    part = difference(pair, 1, rows=slice(60, 90), cols=slice(20, 50))
    np.testing.assert_allclose(part, expected[60:90, 20:50], atol=1e-6)
    raw = difference(pair, 1, "mask", slice(0, 4), slice(0, 6))
    assert np.isfinite(raw).all()
    assert raw[0, 1] == 0
    coarse = difference_tile(pair, 1, "softmax", 1, 0, 0, size=32)
    pooled = expected[:64, :64].reshape(32, 2, 32, 2)
    seen = np.tril(np.ones((TOKENS, TOKENS)))[:64, :64].reshape(32, 2, 32, 2)
    below = np.tril(np.ones((32, 32), bool), -1)
    np.testing.assert_allclose(coarse[below], pooled.mean((1, 3))[below], atol=1e-6)
    assert seen.shape == pooled.shape


def test_states_that_cannot_be_laid_over_each_other_are_refused():
    first = capture_of(layer_of(1))
    with pytest.raises(BadSpec, match="differ in token 5"):
        pairs(first, capture_of(layer_of(1), ids=(*range(5), 99, *range(6, TOKENS))))
    with pytest.raises(BadSpec, match="150 tokens and the other 149"):
        pairs(first, capture_of(layer_of(1), ids=tuple(range(149))))
    with pytest.raises(BadSpec, match="no captured layer"):
        pairs(first, capture_of(layer_of(1, 7)))
    fewer = layer_of(1)
    fewer = replace(fewer, q=fewer.q[:2], k=fewer.k[:2], lse=fewer.lse[:2])
    with pytest.raises(BadSpec, match="3 heads in one state and 2"):
        pairs(first, capture_of(fewer))


def test_a_job_captures_both_and_compares_them(tmp_path: Path):
    options = LoadOptions(dtype="float32")
    refs = [
        ModelRef(str(save_tiny("llama", tmp_path / f"s{seed}", seed)), options=options)
        for seed in (0, 1)
    ]
    other = replace(refs[0], options=replace(options, attention="eager"))
    partials: list[object] = []

    def hear(event: Event) -> None:
        if isinstance(event, Partial):
            partials.append(event.value)

    engine = Engine()
    same = engine.submit(CompareStatesSpec(first=refs[0], second=other, text="hello")).result(120)
    assert isinstance(same, StatesPair)
    assert same.divergences.values == pytest.approx(0.0, abs=1e-6)
    spec = CompareStatesSpec(first=refs[0], second=refs[1], text="hello")
    found = engine.submit(spec, hear).result(120)
    engine.close()
    assert isinstance(found, StatesPair)
    assert [type(one) for one in partials] == [Capture, Capture]
    assert found.divergences.values.shape == (2, 4)
    assert (found.divergences.values > 1e-5).all()


def test_both_read_what_the_first_one_answered(tmp_path: Path):
    """Two models say different things; only the same tokens can be laid over each other."""
    first = ModelRef(str(save_tiny("t5", tmp_path / "first")))
    model, tokenizer = tiny_model("t5", seed=1)
    with torch.no_grad():
        model.get_input_embeddings().weight[PAD] = 0  # or it would say its start again
    model.save_pretrained(tmp_path / "second")
    tokenizer.save_pretrained(tmp_path / "second")
    second = ModelRef(str(tmp_path / "second"))
    engine = Engine()
    alone = [
        engine.submit(InspectSpec(model=ref, text="hello", target_tokens=6)).result(120)
        for ref in (first, second)
    ]
    found = engine.submit(CompareStatesSpec(first=first, second=second, text="hello")).result(120)
    engine.close()
    assert alone[0].ids != alone[1].ids
    assert found.first.ids == found.second.ids
    assert found.first.ids[: len(alone[0].ids)] == alone[0].ids


def test_a_model_with_other_words_is_refused(tmp_path: Path):
    options = LoadOptions(dtype="float32")
    tiny = ModelRef(str(save_tiny("llama", tmp_path / "tiny")), options=options)
    engine = Engine()
    spec = CompareStatesSpec(first=ModelRef("teach-rope"), second=tiny, text="1 + 1")
    with pytest.raises(JobFailed, match="another vocabulary"):
        engine.submit(spec).result(120)
    engine.close()


def test_the_spec_survives_json_and_refuses_itself():
    spec = CompareStatesSpec(second=ModelRef("teach-alibi"), text="Hi", layers=(0, 2))
    assert decode(encode(spec)) == spec
    spec.check()
    with pytest.raises(BadSpec, match="with itself"):
        CompareStatesSpec(text="Hi").check()
    with pytest.raises(PromptError):
        CompareStatesSpec(second=ModelRef("x")).check()
