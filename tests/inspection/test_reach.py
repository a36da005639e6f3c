"""How long a text may be: the same rule for the map, the bars, the lens and the rest."""

from __future__ import annotations

import numpy as np
import pytest

from engine.api import Engine
from engine.bench.attention_models import config_of as config_of_family
from engine.errors import DeviceOutOfMemory, PromptTooLong
from engine.inspection import room
from engine.inspection.ablation_spec import AblateSpec, Unit
from engine.inspection.capture import LayerCapture, Mask
from engine.inspection.inside_text import checked, text_of
from engine.inspection.inspect_spec import InspectSpec
from engine.inspection.lens_spec import LensSpec
from engine.inspection.masks_spec import MaskSpec
from engine.inspection.passing import Passage, forecast, run_passage
from engine.inspection.positions.counterfactual_spec import CounterfactualSpec
from engine.inspection.positions.rope import config_of
from engine.inspection.probe import Probe
from engine.inspection.reading import read
from engine.inspection.ropes import with_ropes
from engine.inspection.sweep_spec import SweepHeadsSpec
from engine.inspection.verify import tolerance
from engine.jobs.job import JobFailed
from engine.models.reference import ModelRef
from engine.paths import Paths
from tests.inspection.inside_models import further, held, text_for
from tests.support.tiny_models import save_tiny

LONG = (7, 8, 9) * 180  # the tiny models were made for 512 positions
SPECS = (InspectSpec, AblateSpec, LensSpec, MaskSpec, SweepHeadsSpec, CounterfactualSpec)
MORE = {
    AblateSpec: {"units": (Unit(0),)},
    LensSpec: {"layers": (0,)},
    InspectSpec: {"layers": (0,)},
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    found = Engine(Paths.below(tmp_path_factory.mktemp("home")))
    yield found
    found.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    home = tmp_path_factory.mktemp("models")
    return {name: str(save_tiny(name, home / name)) for name in ("gpt2", "llama")}


@pytest.mark.parametrize("kind", SPECS)
def test_every_question_reads_on_beyond_training(engine, folders, kind):
    spec = kind(model=ModelRef(folders["llama"]), ids=LONG, **MORE.get(kind, {}))
    found = engine.submit(spec).result(120)
    assert found.trained == 512
    length = found.tokens if isinstance(found.tokens, int) else len(found.tokens)
    assert length == len(LONG) > found.trained


@pytest.mark.parametrize("kind", SPECS)
def test_every_question_refuses_a_text_behind_the_table(engine, folders, kind):
    spec = kind(model=ModelRef(folders["gpt2"]), ids=LONG, **MORE.get(kind, {}))
    with pytest.raises(JobFailed, match="540 tokens long; the model reads at most 512"):
        engine.submit(spec).result(120)


@pytest.mark.parametrize(
    ("family", "reads"),
    [("bloom", True), ("qwen3", True), ("t5", True), ("bert", False), ("bart", False)],
)
def test_families_read_as_far_as_their_positions_reach(family, reads):
    loaded = held(family)
    text = text_for(loaded)
    longer = text.__class__(LONG, text.target_ids, text.structure, -1)
    if reads:
        assert len(checked(loaded, longer).ids) == len(LONG)
        return
    with pytest.raises(PromptTooLong):
        checked(loaded, longer)


@pytest.mark.parametrize("family", ["mpt", "gptj"])
def test_tables_that_are_built_once_end(family):
    loaded = further(family)
    text = text_for(loaded)
    with pytest.raises(PromptTooLong):
        checked(loaded, text.__class__(LONG * 4, (), "decoder", -1))


def test_a_text_that_does_not_fit_is_not_tried(monkeypatch):
    loaded = held("llama")
    text = text_of(loaded, LensSpec(model=loaded.ref, ids=LONG))
    monkeypatch.setattr(room, "free_bytes", lambda _device: 10**4)
    with pytest.raises(DeviceOutOfMemory, match="540 tokens"):
        read(loaded, text)


@pytest.mark.parametrize("family", ["t5", "bloom"])
def test_biases_of_all_pairs_are_counted_before_they_are_made(family):
    loaded = held(family)
    text = text_for(loaded)
    longer = text.__class__((7,) * 90_000, text.target_ids, text.structure, -1)
    pairs = 90_000**2 * 4 * 4  # of four heads in float32
    with pytest.raises(DeviceOutOfMemory, match="90,000 tokens") as refused:
        read(loaded, checked(loaded, longer))
    assert float(refused.value.message.split("needs ")[1].split(" GB")[0]) > pairs / 1e9
    capture = Passage(longer.ids, longer.target_ids, causal=family == "bloom")
    assert forecast(loaded.model, capture, 90_000) > pairs


def test_a_capture_carries_the_rotation_that_the_model_was_loaded_with(engine, folders):
    spec = InspectSpec(model=ModelRef(folders["llama"]), ids=LONG)
    found = engine.submit(spec).result(120)
    swap = CounterfactualSpec(model=ModelRef(folders["llama"]), ids=LONG[:9], losses=False)
    real = engine.submit(swap).result(120).rope
    ropes = {id(layer.rope) for layer in found.layers}
    assert len(ropes) == 1
    rope = config_of(found.layers[0])
    assert rope is found.layers[0].rope
    assert (rope.base, rope.trained, rope.attention) == (real.base, real.trained, real.attention)
    np.testing.assert_array_equal(rope.inv_freq, real.inv_freq)


def test_kinds_of_layers_have_rotations_of_their_own():
    import transformers as tf

    kinds = ["sliding_attention", "full_attention"]
    small = config_of_family("gemma3").to_dict()
    small = {name: small[name] for name in ("vocab_size", "hidden_size", "num_attention_heads")}
    config = tf.Gemma3TextConfig(
        **small, intermediate_size=96, num_key_value_heads=2, head_dim=16, num_hidden_layers=2,
        layer_types=kinds,
    )  # fmt: skip
    model = tf.Gemma3ForCausalLM(config).float().eval()
    bases = config.rope_parameters
    assert len({bases[kind]["rope_theta"] for kind in kinds}) == 2
    probe = Probe(model)
    run_passage(probe, Passage((7, 8, 9)), lambda *_: None)
    found = with_ropes(model, probe.captures())
    for one, kind in zip(found, kinds, strict=True):
        assert one.rope.base == bases[kind]["rope_theta"]
        np.testing.assert_allclose(one.rope.inv_freq, one.rotation.inv_freq)


def layer(size: float, lse: float) -> LayerCapture:
    q = np.full((1, 4, 16), size, np.float32)
    return LayerCapture(
        "one", 0, "self", q, q, np.full((1, 4), lse), 1.0, Mask("causal"), error=2e-5
    )


def test_the_tolerance_is_a_step_of_float32_at_the_size_of_the_scores():
    assert tolerance(layer(1.0, 3.0)) == 1e-5
    assert tolerance(layer(1.0, 5000.0)) == pytest.approx(np.spacing(np.float32(4096)) / 4096 * 5e3)
    assert tolerance(layer(10.0, 3.0)) == pytest.approx(2.0**-23 * 1600)  # 16 products of 100


def test_long_texts_with_large_biases_are_proven(engine):
    text = "Tom has 3 apples and buys 4 more. " * 100
    spec = InspectSpec(model=ModelRef("teach-alibi"), text=text, layers=(0,))
    found = engine.submit(spec).result(120)
    (one,) = found.layers
    assert len(found.tokens) > 1000
    assert one.tolerance > 1e-5
    assert one.verified
    assert found.verified
    assert one.error > one.tolerance / 1e3  # the bound is near what happens
