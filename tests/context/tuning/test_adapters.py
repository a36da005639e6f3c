"""LoRA: what is trained, what it takes, what is written, and that the loaded model is untouched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

from engine.api import Engine
from engine.context.tune_spec import Lora, TuneContextSpec
from engine.context.tuning.adapter import attach, linear_names, merged, sharing_copy
from engine.context.tuning.forecast import forecast
from engine.errors import UnsupportedModel
from engine.jobs.job import JobFailed
from engine.models.reference import LoadOptions, ModelRef
from engine.text_source import TextSource
from tests.support.tiny_models import CHAT_TEMPLATE, save_tiny, tiny_model

CPU = LoadOptions(device="cpu", dtype="float32")
IDS = torch.arange(4, 40)[None]


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("adapted") / "tiny-llama"
    save_tiny("llama", made, chat_template=CHAT_TEMPLATE)
    return made


@pytest.fixture(scope="module")
def spec(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> TuneContextSpec:
    file = tmp_path_factory.mktemp("texts") / "text.txt"
    file.write_text(" ".join(str(n * n % 97) for n in range(900)), encoding="utf-8")
    return TuneContextSpec(
        model=ModelRef(str(folder), options=CPU), method="yarn", factor=2.0, steps=3, measured=0,
        source=TextSource(str(file)), adapter="lora", rate=2e-2,
        lora=Lora(4, 8.0, also=("norms", "biases", "embeddings")),
    )  # fmt: skip


def changed(spec: TuneContextSpec, **fields: object) -> TuneContextSpec:
    return TuneContextSpec(**{**vars(spec), **fields})


def spread(adapted: PeftModel) -> None:
    """Give the second matrices of an adapter values: at first they are zero."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.2)


@torch.no_grad()
def says(model: torch.nn.Module) -> torch.Tensor:
    return model(input_ids=IDS).logits


@pytest.mark.parametrize("family", ["llama", "qwen2", "gpt2"])
def test_the_merged_model_is_the_base_plus_the_product(family: str) -> None:
    model, _ = tiny_model(family)
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    plain = says(model)
    copied = sharing_copy(model)
    lora = Lora(rank=2, alpha=6.0, also=())
    adapted = attach(copied, lora, seed=5)
    assert torch.equal(says(copied), plain)
    spread(adapted)
    name = linear_names(model, "linear")[0]
    layer = adapted.base_model.model.get_submodule(name)
    product = layer.lora_B["default"].weight @ layer.lora_A["default"].weight
    base = before[f"{name}.weight"]
    expected = base + 3.0 * (product if product.shape == base.shape else product.T)
    told = says(copied)
    assert not torch.allclose(told, plain, atol=1e-3)
    whole = merged(adapted)
    assert torch.allclose(whole.get_submodule(name).weight, expected, atol=1e-6)
    assert (says(whole) - told).abs().max() <= 1e-4 * told.abs().max()
    assert not any("lora" in name for name, _ in whole.named_modules())
    assert torch.equal(says(model), plain)
    for name, weight in model.named_parameters():
        assert torch.equal(weight, before[name]), name
        assert weight.requires_grad, name


def test_the_forecast_counts_what_wants_gradients() -> None:
    model, _ = tiny_model("qwen2")  # with biases
    for lora in (
        Lora(3), Lora(5, targets="attention", also=()),
        Lora(2, also=("norms", "embeddings")),
    ):  # fmt: skip
        copied = sharing_copy(model)
        attach(copied, lora, 0)
        wanted = sum(one.numel() for one in copied.parameters() if one.requires_grad)
        spec = TuneContextSpec(adapter="lora", lora=lora)
        found = forecast(model.config, spec, 64, 1 << 40)
        assert (found.adapter, found.trained) == ("lora", wanted)
    whole = forecast(model.config, TuneContextSpec(), 64, 1 << 40)
    assert whole.adapter == "full"
    assert whole.trained == whole.parameters == sum(one.numel() for one in model.parameters())
    assert not forecast(model.config, TuneContextSpec(), 64, 1000).fits


def test_large_and_packed_models_get_an_adapter() -> None:
    config = AutoConfig.for_model(
        "llama", hidden_size=2048, num_hidden_layers=22, intermediate_size=5632,
        num_attention_heads=32,
    )  # fmt: skip
    large = forecast(config, TuneContextSpec(), 2048, 1 << 40)
    assert large.adapter == "lora"
    assert large.trained < 0.05 * large.parameters
    assert forecast(config, TuneContextSpec(adapter="full"), 2048, 1 << 40).total > 16e9
    tiny, _ = tiny_model("llama")
    packed = ModelRef(options=LoadOptions(quantization="nf4"))
    assert forecast(tiny.config, TuneContextSpec(model=packed), 64, 1 << 40).adapter == "lora"


def test_only_the_attentions_projections_on_demand() -> None:
    model, _ = tiny_model("llama")
    every, few = linear_names(model, "linear"), linear_names(model, "attention")
    assert set(few) < set(every)
    assert {name.rsplit(".", 1)[1] for name in few} == {"q_proj", "k_proj", "v_proj", "o_proj"}
    assert not any("lm_head" in name for name in every)
    for layer in model.model.layers:
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(layer.self_attn, name, torch.nn.Identity())
    with pytest.raises(UnsupportedModel, match="no linear layer"):
        linear_names(model, "attention")


def test_plain_peft_and_transformers_load_what_is_written(
    engine: Engine, spec: TuneContextSpec, folder: Path, tmp_path: Path
) -> None:
    out, alone = tmp_path / "whole", tmp_path / "alone"
    with engine.resources.residency.lease(spec.model) as loaded:
        before = {name: one.clone() for name, one in loaded.model.named_parameters()}
        flags = [one.requires_grad for one in loaded.model.parameters()]
        result = engine.submit(changed(spec, out=str(out))).result(300)
        adapter = engine.submit(changed(spec, out=str(alone), written="adapter")).result(300)
        for name, weight in loaded.model.named_parameters():
            assert torch.equal(weight, before[name]), name
            assert weight.grad is None
        assert flags == [one.requires_grad for one in loaded.model.parameters()]
    assert result.loadable
    assert not adapter.loadable
    assert adapter.difference == 0.0
    whole = AutoModelForCausalLM.from_pretrained(out).eval()
    assert whole.config.rope_parameters["rope_type"] == "yarn"
    told = says(whole)
    for place in (alone, out / "adapter"):
        config = AutoConfig.from_pretrained(place)
        base = AutoModelForCausalLM.from_pretrained(folder, config=config)
        adapted = PeftModel.from_pretrained(base, place).eval()
        assert (says(adapted) - told).abs().max() <= 1e-4 * told.abs().max()
    plain = AutoModelForCausalLM.from_pretrained(folder, config=config).eval()
    assert (says(plain) - told).abs().max() > 1e-2 * told.abs().max()
    card = (alone / "README.md").read_text(encoding="utf-8")
    assert str(folder) in card
    assert json.loads((alone / "context.json").read_text(encoding="utf-8"))["adapter"] == "lora"


def test_packed_weights_take_an_adapter_and_stay_as_they_are(
    engine: Engine, spec: TuneContextSpec, tmp_path: Path
) -> None:
    packed = ModelRef(spec.model.id, options=LoadOptions(device="cpu", quantization="nf4"))
    out = tmp_path / "packed"
    change = changed(spec, model=packed, out=str(out), lora=Lora(4, also=()), steps=12)
    with engine.resources.residency.lease(packed) as loaded:
        before = {name: one.clone() for name, one in loaded.model.named_parameters()}
        result = engine.submit(change).result(300)
        for name, weight in loaded.model.named_parameters():
            assert torch.equal(weight, before[name]), name
        adapters = load_file(str(out / "adapter_model.safetensors"))
        learned = [one for name, one in adapters.items() if "lora_B" in name]
        assert all(one.abs().max() > 0 for one in learned)  # gradients came through every layer
        says(loaded.model)
        weight = loaded.model.model.layers[0].self_attn.q_proj.weight
        if getattr(weight.quant_state, "packing_format_for_cpu", False):  # as this CPU likes it
            with pytest.raises(JobFailed, match="for reading alone"):
                engine.submit(changed(change, seed=1)).result(300)
    assert result.difference == 0.0
    assert not result.loadable
    assert not (out / "model.safetensors").exists()


def test_a_rate_that_blows_up_is_told_and_nothing_bad_is_kept(
    engine: Engine, spec: TuneContextSpec
) -> None:
    wild = changed(spec, rate=0.9, lora=Lora(4, alpha=1e30), steps=9)
    with pytest.raises(JobFailed, match="no number any more"):
        engine.submit(wild).result(300)
