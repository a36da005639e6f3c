"""Questions that a model cannot answer: one sentence and a next step each, and the lane goes on."""

from __future__ import annotations

import pytest

from engine.api import Engine
from engine.inspection.ablation_spec import AblateSpec, Unit
from engine.inspection.inspect_spec import InspectSpec, MaskChoice
from engine.inspection.lens_spec import LensSpec
from engine.inspection.masks_spec import MaskSpec
from engine.inspection.patching_spec import PatchSpec
from engine.inspection.positions.counterfactual_spec import CounterfactualSpec
from engine.inspection.positions.table_spec import PositionTableSpec
from engine.inspection.sweep_spec import SweepHeadsSpec
from engine.jobs.job import JobFailed
from engine.models.reference import ModelRef
from engine.paths import Paths
from tests.support.tiny_models import VOCABULARY, save_tiny, tiny_tokenizer

ONE = (7,)
READING = {
    "inspect": (InspectSpec, {}),
    "last": (AblateSpec, {"units": (Unit(0),)}),
    "all": (AblateSpec, {"units": (Unit(0),), "scope": "all"}),
    "sweep": (SweepHeadsSpec, {}),
    "lens": (LensSpec, {}),
    "mask": (MaskSpec, {"mask": MaskChoice("full"), "said": 2}),
    "swap": (CounterfactualSpec, {"new_tokens": 2}),
}
PATCH = {"clean": "one two", "corrupted": "one six", "answer": "a", "other": "b"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    found = Engine(Paths.below(tmp_path_factory.mktemp("home")))
    yield found
    found.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    import transformers as tf

    home = tmp_path_factory.mktemp("models")
    found = {name: str(save_tiny(name, home / name)) for name in ("llama", "bert", "bloom")}
    config = tf.MambaConfig(
        vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=1, state_size=4
    )
    tf.MambaForCausalLM(config).save_pretrained(home / "mamba")
    tiny_tokenizer().save_pretrained(home / "mamba")
    return found | {"mamba": str(home / "mamba")}


def refusal(engine: Engine, spec) -> str:
    with pytest.raises(JobFailed) as failed:
        engine.submit(spec).result(120)
    report = failed.value.error
    assert report.hint
    return report.message


@pytest.mark.parametrize("name", READING)
def test_one_token_is_enough(engine, folders, name):
    kind, more = READING[name]
    for model in ("llama", "bloom"):
        assert engine.submit(kind(model=ModelRef(folders[model]), ids=ONE, **more)).result(120)


@pytest.mark.parametrize("name", READING)
def test_a_model_without_attention_says_so(engine, folders, name):
    kind, more = READING[name]
    said = refusal(engine, kind(model=ModelRef(folders["mamba"]), ids=(7, 8), **more))
    assert "attention" in said
    assert "mamba" in said


@pytest.mark.parametrize(("layer", "head"), [(0, 9), (9, 0)])
def test_a_head_that_is_not_there_is_named_with_what_is(engine, folders, layer, head):
    spec = AblateSpec(model=ModelRef(folders["llama"]), ids=ONE, units=(Unit(layer, head),))
    said = refusal(engine, spec)
    assert f"no head {head} in layer {layer}" in said
    assert "2 layers of 4 heads" in said


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (PatchSpec(**PATCH), "does not continue a text"),
        (CounterfactualSpec(ids=(7, 8), new_tokens=2), "Only a decoder"),
        (CounterfactualSpec(ids=(7, 8), alibi="add"), "ALiBi is for causal decoders"),
        (CounterfactualSpec(ids=(7, 8), rotation="yarn", factor=2.0), "no rotary frequencies"),
    ],
)
def test_an_encoder_is_refused_where_only_a_decoder_will_do(engine, folders, spec, said):
    from dataclasses import replace

    assert said in refusal(engine, replace(spec, model=ModelRef(folders["bert"])))


def test_what_a_family_does_not_have_is_said(engine, folders):
    llama, bloom = ModelRef(folders["llama"]), ModelRef(folders["bloom"])
    assert "no position table" in refusal(engine, PositionTableSpec(model=llama))
    add = CounterfactualSpec(model=bloom, ids=ONE, alibi="add")
    assert "biases of its own" in refusal(engine, add)
    remove = CounterfactualSpec(model=llama, ids=ONE, alibi="remove")
    assert "no linear biases" in refusal(engine, remove)
    assert engine.submit(LensSpec(model=llama, ids=ONE)).result(120)  # the lane goes on
