"""A narrower model is the whole one with the cut parts silenced; a shallower one skips layers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, Olmo2Config, PreTrainedModel
from transformers.models.llama import modeling_llama

from engine.api import Resources
from engine.errors import UnsupportedModel
from engine.models.layered import layers_of_their_own
from engine.models.loading import load
from engine.models.reference import LoadOptions, ModelRef
from engine.paths import Paths
from engine.pruning.passages import Passages
from engine.pruning.structured.importance import Importance, importance
from engine.pruning.structured.layout import layout, require
from engine.pruning.structured.slicing import narrowed, shortened
from engine.pruning.structured.widths import Kept, kept
from tests.support import tiny_models

FAMILIES = ("llama", "qwen2", "qwen3", "mistral", "phi")
IDS = torch.randint(4, 200, (2, 14), generator=torch.Generator().manual_seed(8))


def tiny(family: str) -> PreTrainedModel:
    return tiny_models.tiny_model(family)[0].eval()


def text() -> Passages:
    real = torch.ones_like(IDS, dtype=torch.bool)
    return Passages(IDS, real, real, "", "test")


@torch.no_grad()
def logits(model: PreTrainedModel) -> torch.Tensor:
    return model(input_ids=IDS, use_cache=False).logits


def uneven() -> Kept:
    return Kept(
        neurons=(torch.arange(0, 128, 2), torch.arange(0, 96)),
        groups=(torch.tensor([1]), torch.tensor([0, 1])),
    )


@torch.no_grad()
def silenced(model: PreTrainedModel, what: Kept) -> PreTrainedModel:
    """The whole model with zeros in the columns that read what is cut."""
    for layer, neurons, groups in zip(layout(model), what.neurons, what.groups, strict=True):
        down, out = layer.mlp.reader.weight, layer.attention.output.weight
        width = layer.attention.head_dim * layer.attention.queries
        for neuron in range(down.shape[1]):
            if neuron not in neurons:
                down[:, neuron] = 0
        for group in range(out.shape[1] // width):
            if group not in groups:
                out[:, group * width : (group + 1) * width] = 0
    return model


@pytest.mark.parametrize("family", FAMILIES)
def test_a_narrower_model_equals_the_silenced_whole(family: str, tmp_path: Path) -> None:
    small = narrowed(tiny(family), uneven())
    whole = silenced(tiny(family), uneven())
    assert torch.allclose(logits(small), logits(whole), atol=1e-5)
    assert small.num_parameters() < whole.num_parameters()

    small.save_pretrained(tmp_path)
    config = AutoConfig.from_pretrained(tmp_path)
    assert config.is_heterogeneous
    with layers_of_their_own(config, type(small)):
        again = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(again), logits(small))
    new = again.generate(IDS[:1], max_new_tokens=4, do_sample=False)
    assert torch.equal(new, small.generate(IDS[:1], max_new_tokens=4, do_sample=False))


@pytest.mark.parametrize("family", ["gpt2", "gpt_neox"])
@pytest.mark.parametrize("own", [False, True])
def test_neurons_go_where_heads_cannot(family: str, own: bool, tmp_path: Path) -> None:
    """Biases, transposed weights, and heads that the hidden size fixes."""
    whole = tiny(family)
    width = layout(whole)[0].mlp.neurons
    neurons = (torch.arange(0, width, 2), torch.arange(width // 4 if own else width // 2))
    what = Kept(neurons, (torch.empty(0), torch.empty(0)))
    small = narrowed(whole, what)
    assert small.config.is_heterogeneous == own
    for layer, stay in zip(layout(whole), neurons, strict=True):
        for neuron in set(range(width)) - set(stay.tolist()):
            layer.mlp.reader.weight[:, neuron] = 0
    assert torch.allclose(logits(small), logits(whole), atol=1e-5)
    small.save_pretrained(tmp_path)
    with layers_of_their_own(small.config, type(small)):
        again = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(again), logits(small))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_width_everywhere_loads_in_any_program(family: str, tmp_path: Path) -> None:
    even = Kept(
        neurons=(torch.arange(64), torch.arange(32, 96)),
        groups=(torch.tensor([1]), torch.tensor([0])),
    )
    small = narrowed(tiny(family), even)
    small.save_pretrained(tmp_path)
    assert torch.equal(logits(AutoModelForCausalLM.from_pretrained(tmp_path).eval()), logits(small))


def test_tied_embeddings_stay_tied(tmp_path: Path) -> None:
    config = tiny_models.tiny_config("llama")
    config.tie_word_embeddings = True
    whole = AutoModelForCausalLM.from_config(config).eval()
    small = narrowed(whole, uneven())
    assert small.lm_head.weight is small.model.embed_tokens.weight
    assert torch.allclose(logits(small), logits(silenced(whole, uneven())), atol=1e-5)
    small.save_pretrained(tmp_path)
    with layers_of_their_own(small.config, type(small)):
        again = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(again), logits(small))


def test_widths_of_its_own_survive_a_second_cut(tmp_path: Path) -> None:
    """A model whose layers differ already loses a layer, then becomes uniform."""
    small = narrowed(tiny("qwen3"), uneven())
    short = shortened(small, (0,))
    assert len(layout(short)) == 1
    assert layout(short)[0].mlp.neurons == 96
    even = narrowed(small, Kept((torch.arange(64),) * 2, (torch.tensor([0]),) * 2))
    assert not even.config.is_heterogeneous
    even.save_pretrained(tmp_path)
    assert torch.equal(logits(AutoModelForCausalLM.from_pretrained(tmp_path).eval()), logits(even))


@pytest.mark.parametrize("family", [*FAMILIES, "gemma2", "gpt2", "bloom", "gpt_neox"])
def test_a_shallower_model_skips_its_layers(family: str, tmp_path: Path) -> None:
    whole = tiny(family)
    small = shortened(whole, (0,))
    stack = "h" if family in ("gpt2", "bloom") else "layers"
    setattr(whole.base_model, stack, getattr(whole.base_model, stack)[1:])
    whole.config.num_hidden_layers = 1
    if getattr(whole.config, "layer_types", None):
        whole.config.layer_types = whole.config.layer_types[1:]
    assert torch.allclose(logits(small), logits(whole), atol=1e-6)
    small.save_pretrained(tmp_path)
    again = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    assert torch.equal(logits(again), logits(small))


def test_cutting_nothing_changes_nothing() -> None:
    model = tiny("llama")
    all_of_it = kept(
        importance(model, text(), lambda: None), neurons=0, groups=0, sharing="uniform"
    )
    assert torch.equal(logits(narrowed(model, all_of_it)), logits(model))


def test_importance_is_the_formula() -> None:
    model = tiny("llama")
    seen: list[torch.Tensor] = []
    streams: list[tuple[torch.Tensor, torch.Tensor]] = []
    layers = layout(model)
    for layer in layers:
        layer.mlp.reader.module.register_forward_pre_hook(lambda _m, inputs: seen.append(inputs[0]))
        layer.module.register_forward_hook(
            lambda _m, inputs, output: streams.append((inputs[0], output))
        )
    logits(model)
    expected, pairs = list(seen), list(streams)
    found = importance(model, text(), lambda: None)
    for index, layer in enumerate(layers):
        weight = layer.mlp.reader.weight
        rows = expected[index].flatten(0, 1)
        slow = [float(weight[:, j].abs().mean() * rows[:, j].norm()) for j in range(128)]
        assert torch.allclose(found.neurons[index], torch.tensor(slow), rtol=1e-4)
        a, b = pairs[index]
        cosine = (a * b).sum(-1) / a.norm(dim=-1) / b.norm(dim=-1)
        assert found.influence[index] == pytest.approx(1 - float(cosine.mean()), abs=1e-5)


def test_one_threshold_keeps_more_where_more_stands_out() -> None:
    flat, spiky = torch.ones(64), torch.ones(64)
    flat += torch.linspace(0, 0.1, 64)
    spiky[:32] += torch.linspace(5, 6, 32)
    worth = Importance((flat, spiky), (torch.rand(4), torch.rand(4)), (0.1, 0.1))
    uniform = kept(worth, neurons=0.5, groups=0, sharing="uniform", multiple=8)
    own = kept(worth, neurons=0.5, groups=0, sharing="per-layer", multiple=8)
    assert [len(one) for one in uniform.neurons] == [32, 32]
    assert all(len(one) % 8 == 0 for one in own.neurons)
    assert sum(len(one) for one in own.neurons) == pytest.approx(64, abs=16)


def fails_inside(model: PreTrainedModel) -> None:
    """A load that ends in an error while the layers are replaced."""
    before = modeling_llama.LlamaDecoderLayer
    with layers_of_their_own(model.config, type(model)):
        assert modeling_llama.LlamaDecoderLayer is not before
        raise RuntimeError


def test_an_error_while_loading_leaves_no_class_replaced() -> None:
    before = modeling_llama.LlamaDecoderLayer
    small = narrowed(tiny("llama"), uneven())
    with pytest.raises(RuntimeError):
        fails_inside(small)
    assert modeling_llama.LlamaDecoderLayer is before


@pytest.mark.parametrize("family", FAMILIES)
def test_other_models_of_the_class_still_record_their_layers(family: str) -> None:
    small = narrowed(tiny(family), uneven())
    for model in (tiny(family), small):
        with torch.no_grad():
            states = model(input_ids=IDS, output_hidden_states=True).hidden_states
        assert len(states) == 3


def test_heads_that_are_normalised_together_stay() -> None:
    config = Olmo2Config(
        vocab_size=260, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_config(config)
    assert [layer.attention for layer in layout(model)] == [None, None]
    small = narrowed(model, Kept((torch.arange(64),) * 2, (torch.empty(0),) * 2))
    assert torch.isfinite(logits(small.eval())).all()


@pytest.mark.parametrize(
    ("family", "cut", "says"),
    [
        ("bloom", "neurons", "width of their own"),
        ("bloom", "groups", "number or norm is tied"),
        ("gpt2", "groups", "number or norm is tied"),
        ("llama", "experts", "no mixture of experts"),
    ],
)
def test_what_an_architecture_does_not_have_is_refused(family: str, cut: str, says: str) -> None:
    model = tiny(family)
    wanted = {"groups": False, "neurons": False, "experts": False, cut: True}
    with pytest.raises(UnsupportedModel, match=says):
        require(model, layout(model), **wanted)


def test_our_loader_opens_layers_of_different_widths(tmp_path: Path) -> None:
    small = narrowed(tiny("llama"), uneven())
    small.save_pretrained(tmp_path)
    tiny_models.tiny_tokenizer().save_pretrained(tmp_path)
    options = LoadOptions(device="cpu", dtype="float32")
    loaded = load(ModelRef(str(tmp_path), options=options), Resources(Paths.default()))
    assert torch.equal(logits(loaded.model), logits(small))
