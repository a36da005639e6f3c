"""Leave-one-out against prompts shortened by hand; attention and gradients against definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.decoding.interrupt import no_check
from engine.errors import BadSpec, UnsupportedModel
from engine.evaluation.evidence.attention_roll import attention_shares, rollout
from engine.evaluation.evidence.attribute_spec import AttributeSpec, ItemAttribution
from engine.evaluation.evidence.gradient_input import gradient_times_input
from engine.evaluation.evidence.parts import PartId
from engine.evaluation.spec import Variant
from engine.jobs.spec import decode, encode
from engine.prompting.elements import Item, PromptElements
from tests.evaluation.evidence.conftest import said_by
from tests.support.tiny_models import tiny_model

PROMPT, ANSWER = [5, 6, 7, 8, 9, 10, 11], [12, 13, 14]
WHOLE = "Say it.\nQ: one\nA: 1\nQ: two\nA: 2\nQ: six\nA: 6\nQ: four\nA:"
SHORTENED = {
    PartId("instruction"): "Q: one\nA: 1\nQ: two\nA: 2\nQ: six\nA: 6\nQ: four\nA:",
    PartId("example", 0): "Say it.\nQ: two\nA: 2\nQ: six\nA: 6\nQ: four\nA:",
    PartId("example", 1): "Say it.\nQ: one\nA: 1\nQ: six\nA: 6\nQ: four\nA:",
    PartId("example", 2): "Say it.\nQ: one\nA: 1\nQ: two\nA: 2\nQ: four\nA:",
    PartId("input"): "Say it.\nQ: one\nA: 1\nQ: two\nA: 2\nQ: six\nA: 6\nA:",
}


def test_leaving_a_part_out_is_asking_without_it(asked, run, truth):
    result = run(AttributeSpec(compare=asked, items=(0,)))
    (item,) = result.items
    assert isinstance(run.partials[0], ItemAttribution)
    assert {one.part for one in item.parts} == set(SHORTENED)
    assert result.skipped == ()
    home = said_by(truth(WHOLE, " 4"), " 4")
    for one in item.parts:
        there = said_by(truth(SHORTENED[one.part], " 4"), " 4")
        np.testing.assert_allclose(one.per_token, home - there, atol=1e-4)
        assert one.effect == pytest.approx((home - there).mean(), abs=1e-4)
    assert item.text == " 4"
    assert item.logprob == pytest.approx(home.mean(), abs=1e-4)
    assert "".join(part.text for part in item.sent) == WHOLE
    assert item.parts[1].text == "Q: one\nA: 1"
    assert item.parts[1].tokens == len("\nQ: one\nA: 1")  # one token per byte


def test_averages_are_means_over_the_questions(asked, run):
    result = run(AttributeSpec(compare=asked, methods=("leave-one-out", "gradient")))
    assert result.prompt_tokens > result.reused_tokens > 0
    for average in result.averages:
        for method in ("leave-one-out", "gradient"):
            values = [
                one.value(method)
                for item in result.items
                for one in item.parts
                if one.part == average.part
            ]
            found = average.value(method)
            assert found.mean == pytest.approx(np.mean(values))
            assert (found.n, found.low, found.high) == (2, min(values), max(values))
        assert average.attention is None
        assert average.rollout is None


def test_a_technique_without_its_last_example_gives_way_to_the_plainer_one(asked, run, truth):
    one_shot = replace(asked, variants=(Variant("few-shot", shots=1),))
    (item,) = run(AttributeSpec(compare=one_shot, items=(0,), methods=("leave-one-out",))).items
    home = said_by(truth("Say it.\nQ: one\nA: 1\nQ: four\nA:", " 4"), " 4").mean()
    alone = said_by(truth("Say it.\nfour\n", " 4"), " 4").mean()
    assert item.parts[1].effect == pytest.approx(home - alone, abs=1e-4)


def test_the_trigger_and_what_cannot_be_left_out(asked, run, truth):
    bare = replace(
        asked,
        prompt=PromptElements(input="four"),
        variants=(Variant("zero-shot-cot"),),
        items=(Item(expected="4"),),
    )
    (item,) = run(AttributeSpec(compare=bare, methods=("leave-one-out",))).items
    question, trigger = item.parts
    home = said_by(truth("four\nLet's think step by step.", " 4"), " 4").mean()
    plain = said_by(truth("four\n", " 4"), " 4").mean()
    assert trigger.part == PartId("trigger")
    assert trigger.effect == pytest.approx(home - plain, abs=1e-4)
    assert question.effect is None
    assert question.error is not None
    assert question.error.code == "prompt"


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gpt2"])
def test_attention_is_averaged_and_rolled_out_as_defined(architecture: str):
    model, _ = tiny_model(architecture)
    before = model.config._attn_implementation
    found = attention_shares(model, PROMPT, ANSWER, no_check)
    assert model.config._attn_implementation == before
    reference, _ = tiny_model(architecture)
    reference.set_attn_implementation("eager")
    ids = torch.tensor([[*PROMPT, *ANSWER[:-1]]])
    with torch.no_grad():
        layers = reference(ids, output_attentions=True).attentions
    per_layer = [layer[0].mean(0).double().numpy() for layer in layers]
    asking = [len(PROMPT) - 1 + step for step in range(len(ANSWER))]
    mean = np.mean(per_layer, axis=0)[asking].mean(0)
    np.testing.assert_allclose(found.mean, mean, atol=1e-5)
    eye = np.eye(ids.shape[1])
    mixed = [(layer + eye) / 2 for layer in per_layer]
    rolled = np.linalg.multi_dot([*reversed(mixed), eye])[asking].mean(0)
    np.testing.assert_allclose(found.rollout, rolled, atol=1e-5)
    assert float(found.mean.sum()) == pytest.approx(1, abs=1e-4)


def test_rollout_of_a_chain_by_hand():
    half = torch.tensor([[[1.0, 0.0], [1.0, 0.0]]] * 2)  # the second position looks at the first
    torch.testing.assert_close(rollout(half), torch.tensor([[1.0, 0.0], [0.75, 0.25]]))


def test_falcon_with_alibi_is_refused():
    model, _ = tiny_model("llama")
    model.config.model_type, model.config.alibi = "falcon", True
    with pytest.raises(UnsupportedModel, match="Falcon"):
        attention_shares(model, PROMPT, ANSWER, no_check)


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gemma2"])
def test_gradient_times_input_is_the_slope_of_scaling_an_embedding(architecture: str):
    """d log p / dε with one token's embedding scaled by 1 + ε, by central differences."""
    model, _ = tiny_model(architecture)
    model.double()
    found = gradient_times_input(model, PROMPT, ANSWER, no_check)
    assert all(parameter.grad is None for parameter in model.parameters())

    def logprob(place: int, scale: float) -> float:
        def scaled(_module, _args, out):
            factors = torch.ones_like(out)
            factors[:, place] = scale
            return out * factors

        hook = model.get_input_embeddings().register_forward_hook(scaled)
        ids = torch.tensor([[*PROMPT, *ANSWER[:-1]]])
        try:
            with torch.no_grad():
                steps = model(ids).logits[0, len(PROMPT) - 1 :].log_softmax(-1)
        finally:
            hook.remove()
        return float(steps[range(len(ANSWER)), ANSWER].mean())

    step = 5e-3  # the norms compute in float32: a smaller one would measure their rounding
    for place in range(len(PROMPT) + len(ANSWER) - 1):
        slope = (logprob(place, 1 + step) - logprob(place, 1 - step)) / (2 * step)
        assert float(found[place]) == pytest.approx(slope, rel=0.01, abs=1e-4)


def test_the_expected_answer_must_be_known(asked, run):
    nobody = replace(asked, items=(Item("q", {"q": "four"}),))
    with pytest.raises(Exception, match="no expected answer"):
        run(AttributeSpec(compare=nobody, answer="expected"))
    (item,) = run(AttributeSpec(compare=nobody, methods=("leave-one-out",))).items
    assert len(item.answer) == asked.sampling.max_new_tokens  # the model was asked


def test_specs_of_attribution_survive_json(asked):
    spec = AttributeSpec(compare=asked, variant=1, answer="expected", form="= {answer}")
    assert decode(encode(spec)) == spec
    with pytest.raises(BadSpec, match="no place for the answer"):
        AttributeSpec(compare=asked, form="yes").check()
    with pytest.raises(BadSpec, match="No measure"):
        AttributeSpec(compare=asked, methods=()).check()
