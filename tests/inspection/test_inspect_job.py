"""The job "look inside" on the teaching models and on tiny ones: results and refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tokenizers.processors import TemplateProcessing

from engine.api import Engine
from engine.errors import BadSpec, PromptError
from engine.inspection.ablation_spec import AblateSpec, Unit
from engine.inspection.inspect_spec import InspectSpec, MaskChoice, Stroke
from engine.inspection.stages import stage
from engine.inspection.states_spec import CompareStatesSpec
from engine.inspection.text_spec import MOST_TOKENS
from engine.jobs.events import Progress
from engine.jobs.job import JobContext, JobFailed
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.prompting.render import Message, Segment
from tests.support.tiny_models import EOS, save_tiny, tiny_tokenizer

TEXT = "Tom has 3 apples. He buys 4 more. How many apples does Tom have now?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    found = Engine(Paths.below(tmp_path_factory.mktemp("home")))
    yield found
    found.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    home = tmp_path_factory.mktemp("models")
    return {name: str(save_tiny(name, home / name)) for name in ("gpt2", "bert", "t5", "bloom")}


def look(engine: Engine, model: str, text: str = TEXT, **more):
    return engine.submit(InspectSpec(model=ModelRef(model), text=text, **more)).result(120)


def refusal(engine: Engine, model: str, **more):
    with pytest.raises(JobFailed) as failed:
        look(engine, model, **more)
    return failed.value.report() if hasattr(failed.value, "report") else failed.value


@pytest.mark.parametrize("model", ["teach-rope", "teach-alibi"])
def test_the_teaching_models_are_proven(engine, model):
    found = look(engine, model)
    assert "".join(found.tokens) == TEXT
    assert len(found.layers) == found.layer_count == 4
    assert all(layer.error is not None and layer.error <= 1e-5 for layer in found.layers)
    assert found.provenance.model == model
    assert (found.at(0).rotation is None) == (model == "teach-alibi")
    assert (found.at(0).bias is None) == (model == "teach-rope")


def test_a_prompt_with_its_answer_and_exact_tokens_are_read_alike(engine):
    asked = (Message("user", (Segment("input", TEXT),)),)
    spec = InspectSpec(model=ModelRef("teach-rope"), messages=asked, answer="The answer is 7.")
    one = engine.submit(spec).result(120)
    assert "".join(one.tokens).endswith("The answer is 7.")
    assert len(one.tokens) > len(look(engine, "teach-rope").tokens)
    same = engine.submit(
        InspectSpec(model=ModelRef("teach-rope"), ids=one.ids, layers=(2,))
    ).result(120)
    np.testing.assert_array_equal(same.at(2).q, one.at(2).q)


def test_an_answer_follows_a_plain_text_too(engine):
    found = look(engine, "teach-rope", answer=" 7 apples.")
    assert "".join(found.tokens) == TEXT + " 7 apples."


def test_a_closing_token_is_read_as_every_other_question_reads_it(engine, tmp_path):
    folder = save_tiny("gpt2", tmp_path / "closing")
    tokenizer = tiny_tokenizer()
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", EOS)]
    )
    tokenizer.save_pretrained(folder)
    found = look(engine, str(folder), "Tom")
    assert "".join(found.tokens) == "Tom"
    asked = engine.submit(AblateSpec(model=ModelRef(str(folder)), text="Tom")).result(120)
    assert found.tokens == asked.tokens


def test_four_and_eight_bit_models_are_proven(engine):
    for kind in ("nf4", "int8"):
        ref = ModelRef("teach-rope", options=LoadOptions(quantization=kind))
        found = engine.submit(InspectSpec(model=ref, text=TEXT, layers=(1,))).result(120)
        assert found.at(1).error is not None
        assert found.at(1).error <= 1e-5
        assert found.provenance.quantization == kind


def test_one_token_has_one_cell(engine, folders):
    for model in ("teach-rope", "teach-alibi", folders["bert"]):
        ids = look(engine, model, "Tom").ids[:1]
        found = engine.submit(InspectSpec(model=ModelRef(model), ids=ids)).result(60)
        assert found.layers[0].shape == (1, 1)
        assert stage(found.layers[0], 0, "softmax", slice(None), slice(None))[0, 0] == 1


def test_an_encoder_decoder_has_three_kinds_of_attention(engine, folders):
    found = look(engine, folders["t5"], target="seven")
    assert {layer.role for layer in found.layers} == {"self", "encoder", "cross"}
    cross = found.at(0, "cross")
    assert cross.shape == (len(found.tokens), len(found.encoder_tokens))
    spoken = look(engine, folders["t5"], target_tokens=3)
    assert 2 <= len(spoken.tokens) <= 4


@pytest.mark.parametrize("model", ["teach-rope", "teach-alibi", "gpt2", "bert", "bloom"])
def test_the_model_is_run_under_the_painted_mask(engine, folders, model):
    model = folders.get(model, model)
    choice = MaskChoice("prefix", prefix=5, strokes=(Stroke((9, 12), (2, 4), False),))
    found = look(engine, model, mask=choice)
    bidirectional = model == folders["bert"]
    assert {one.mask.kind for one in found.layers} == {"full" if bidirectional else "causal"}
    count = len(found.tokens)
    wanted = np.tril(np.ones((count, count), bool))
    wanted[:5, :5] = True
    wanted[9:12, 2:4] = False
    for layer in found.layers:
        seen = layer.mask.allowed(slice(0, count), slice(0, count))
        np.testing.assert_array_equal(seen, wanted)
        assert layer.error is not None
        assert layer.error <= 1e-5


def test_what_cannot_be_asked_is_refused_before_it_runs():
    with pytest.raises(PromptError, match="no text"):
        InspectSpec().check()
    with pytest.raises(PromptError, match="100,001 tokens"):
        InspectSpec(ids=(1,) * (MOST_TOKENS + 1)).check()
    with pytest.raises(BadSpec, match="below 0"):
        InspectSpec(text="a", heads=(-1,)).check()
    with pytest.raises(BadSpec, match="prefix"):
        InspectSpec(text="a", mask=MaskChoice("prefix")).check()


def test_what_the_model_does_not_have_is_refused(engine, folders):
    said = str(refusal(engine, "teach-rope", layers=(4,)))
    assert "no layer 4: the model has 4" in said
    assert "no head 6: each layer has 6" in str(refusal(engine, "teach-rope", heads=(6,)))
    assert "does not know" in str(refusal(engine, "teach-rope", ids=(10**6,)))
    assert "at most 512" in str(refusal(engine, folders["gpt2"], ids=(5,) * 513))
    blind = MaskChoice("own", strokes=(Stroke((3, 4), (0, 99), False),))
    assert "token 3 sees no token" in str(refusal(engine, "teach-rope", mask=blind))
    stacks = str(refusal(engine, folders["t5"], mask=MaskChoice("full")))
    assert "encoder-decoder cannot be changed" in stacks


def test_a_text_that_does_not_fit_is_refused_with_a_figure(engine, monkeypatch):
    from engine.inspection import room

    monkeypatch.setattr(room, "free_bytes", lambda _device: 10**4)
    said = str(refusal(engine, "teach-rope"))
    assert "needs" in said
    assert "fewer layers" in said


def test_a_long_text_is_read_by_a_model_that_writes_its_scores_out(engine, monkeypatch):
    from engine.inspection import passing

    whole = look(engine, "teach-alibi", TEXT * 4)
    monkeypatch.setattr(passing, "CELLS", 1 << 14)
    pieces = look(engine, "teach-alibi", TEXT * 4)
    for one, other in zip(whole.layers, pieces.layers, strict=True):
        assert other.error is not None
        assert other.error <= 1e-5
        np.testing.assert_allclose(one.q, other.q, atol=1e-3)


def test_the_spec_survives_json():
    mask = MaskChoice("window", window=4, strokes=(Stroke((0, 1), (0, 1), True),))
    message = Message("user", (Segment("input", "a"),))
    spec = InspectSpec(
        "t", (message,), "zh", "b", (1, 2), "c", (3,), ModelRef("m"), 3, (0,), (1,), mask
    )
    assert decode(encode(spec)) == spec


def test_specs_that_were_stored_before_still_decode():
    asked = {"model": {"id": "m"}, "text": "t", "layers": [1], "target_tokens": 3}
    stored = {"kind": "inspect", "version": 1, "spec": asked}
    found = decode(json.dumps(stored))
    assert found == InspectSpec(model=ModelRef("m"), text="t", layers=(1,), target_tokens=3)
    asked = {"first": {"id": "a"}, "second": {"id": "b"}, "text": "t", "ids": [4]}
    stored = {"kind": "compare-attention", "version": 1, "spec": asked}
    both = CompareStatesSpec(first=ModelRef("a"), second=ModelRef("b"), text="t", ids=(4,))
    assert decode(json.dumps(stored)) == both
    asked = {"model": {"id": "m"}, "text": "t", "at": 2, "since": 1, "units": [{"layer": 1}]}
    stored = {"kind": "ablate-heads", "version": 1, "spec": asked}
    units = (Unit(1),)
    wanted = AblateSpec(model=ModelRef("m"), text="t", at=2, since=1, units=units)
    assert decode(json.dumps(stored)) == wanted


def test_a_capture_says_where_the_answer_begins_and_what_the_model_predicts(engine, folders):
    plain = look(engine, folders["gpt2"], "one two")
    answered = look(engine, folders["gpt2"], "one two", answer=" three")
    assert plain.since == 0
    assert answered.since == len(plain.ids)
    assert answered.ids[: answered.since] == plain.ids
    assert not plain.fills
    assert look(engine, folders["bert"], "one two").fills


def test_a_single_pass_tells_how_far_it_is_layer_by_layer(engine, folders, monkeypatch):
    monkeypatch.setattr(JobContext, "PROGRESS_INTERVAL_S", 0.0)
    events = []
    spec = InspectSpec(model=ModelRef(folders["gpt2"]), text="one two")
    layers = engine.submit(spec, events.append).result(120).layer_count
    known = [e for e in events if isinstance(e, Progress) and e.text.startswith("Layer ")]
    assert [e.text for e in known] == [f"Layer {n + 1} of {layers}" for n in range(layers)]
    assert [e.fraction for e in known] == pytest.approx([n / layers for n in range(layers)])
