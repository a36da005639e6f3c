"""Two states of a model on the same text, against plain forward passes of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import BadSpec
from engine.evaluation.evidence.states_spec import StatesSpec, state_name
from engine.jobs.spec import decode, encode
from engine.models.reference import LoadOptions, ModelRef
from tests.evaluation.evidence.conftest import plain_logprobs, said_by
from tests.support.tiny_models import save_tiny

PROMPTS = ("Say it.\nfour\n", "Say it.\nnine\n")
ANSWERS = ("4", "9!")


def test_divergence_of_a_state_from_the_reference(asked, refs, run):
    compare = replace(asked, models=refs)
    result = run(StatesSpec(compare=compare, variant=1, answer="expected"))
    (state,) = result.states
    kls, deltas, agreed = [], [], 0
    for item, prompt, answer in zip(result.of(1), PROMPTS, ANSWERS, strict=True):
        first, second = (plain_logprobs(seed, prompt, answer) for seed in (0, 1))
        kl = (np.exp(first) * (first - second)).sum(-1)
        np.testing.assert_allclose(item.kl, kl, atol=1e-4)
        assert item.worst == kl.argmax()
        same = int((first.argmax(-1) == second.argmax(-1)).sum())
        assert item.same_top == same
        agreed += same
        kls.append(kl)
        deltas.append((said_by(second, answer) - said_by(first, answer)).mean())
    assert state.kl.mean == pytest.approx(np.mean([kl.mean() for kl in kls]), abs=1e-4)
    assert state.max_kl == pytest.approx(max(kl.max() for kl in kls), abs=1e-4)
    assert kls[state.max_item][state.max_place] == pytest.approx(state.max_kl, abs=1e-4)
    assert state.delta.mean == pytest.approx(np.mean(deltas), abs=1e-4)
    assert state.same_top == agreed / 3
    assert state.tokens == 3


def test_a_state_like_the_reference_has_no_divergence(asked, refs, run):
    again = replace(refs[0], options=replace(refs[0].options, attention="eager"))
    compare = replace(asked, models=(refs[0], again))
    (state,) = run(StatesSpec(compare=compare)).states
    assert state.model == f"{refs[0].id} · float32 · eager"
    assert state.max_kl < 1e-6
    assert state.same_top == 1.0
    assert state.tokens == 2 * asked.sampling.max_new_tokens  # the reference's own answers


def test_another_vocabulary_fails_alone(asked, refs, run, tmp_path):
    other = save_tiny("llama", tmp_path / "other")
    file = other / "tokenizer.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"<mask>"', '"<other>"'), encoding="utf-8")
    config = other / "tokenizer_config.json"
    config.write_text(config.read_text("utf-8").replace("<mask>", "<other>"), encoding="utf-8")
    compare = replace(asked, models=(*refs, ModelRef(str(other), options=refs[0].options)))
    first, second = run(StatesSpec(compare=compare, variant=1)).states
    assert first.error is None
    assert first.kl is not None
    assert second.error is not None
    assert "another vocabulary" in second.error.message


def test_specs_of_states_survive_json_and_need_two(asked, refs):
    spec = StatesSpec(compare=replace(asked, models=refs), model=1)
    assert decode(encode(spec)) == spec
    assert spec.others() == (0,)
    with pytest.raises(BadSpec, match="no other state"):
        StatesSpec(compare=asked).check()
    assert state_name(ModelRef("m", options=LoadOptions(quantization="nf4"))) == "m · nf4"
