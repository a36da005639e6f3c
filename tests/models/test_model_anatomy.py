"""Anatomy and forecast against closed formulas and against what a forward pass really keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import transformers as tf

from engine.errors import UnsupportedModel
from engine.models.anatomy import anatomy_of
from engine.models.architecture import Shape, shape_of
from engine.models.forecast import (
    Census,
    Load,
    census,
    forecast,
    gigabytes,
    kv_bytes,
    planned_context,
    weight_bytes,
)
from engine.models.loaded import measure
from engine.models.reference import PLANNED_CONTEXT
from engine.models.skeleton import skeleton
from engine.models.spec import MemoryForecast
from tests.support.tiny_models import DECODERS, tiny_config, tiny_model

EXPECTED = {
    "llama": ("causal decoder", "RoPE (base 10000)", "silu", "pre-RMSNorm"),
    "bloom": (
        "causal decoder",
        "ALiBi (a slope per head on the distance)",
        "BloomGelu",
        "pre-LayerNorm",
    ),
    "gpt2": ("causal decoder", "learned absolute", "gelu_new", "pre-LayerNorm"),
    "qwen2": ("causal decoder", "RoPE (base 10000)", "silu", "pre-RMSNorm"),
    "glm": ("causal decoder", "RoPE (base 10000, on 50% of each head)", "silu", "pre-RMSNorm"),
    "gemma2": (
        "causal decoder",
        "RoPE (base 10000)",
        "gelu_pytorch_tanh",
        "pre- and post-RMSNorm",
    ),
    "bert": ("encoder", "learned absolute", "gelu", "post-LayerNorm"),
    "t5": (
        "encoder-decoder",
        "T5 bias (learned, per distance bucket and head)",
        "relu",
        "pre-RMSNorm",
    ),
    "bart": ("encoder-decoder", "learned absolute", "gelu", "post-LayerNorm"),
}


@pytest.mark.parametrize("architecture", EXPECTED)
def test_what_a_model_is_made_of(architecture: str) -> None:
    found = anatomy_of(tiny_config(architecture))
    assert (found.structure, found.position_encoding, found.activation, found.norm) == EXPECTED[
        architecture
    ]
    assert (found.layers, found.hidden_size, found.heads, found.head_dim) == (2, 64, 4, 16)
    assert found.vocabulary == 260
    assert len(found.rows) == 2


KINDS = {
    "llama": "rope",
    "gpt2": "learned",
    "bert": "learned",
    "bloom": "alibi",
    "t5": "t5",
    "bart": "learned",
    "glm": "rope",
}


@pytest.mark.parametrize("architecture", KINDS)
def test_how_positions_enter_has_a_name(architecture: str) -> None:
    assert anatomy_of(tiny_config(architecture)).position_kind == KINDS[architecture]


def test_positions_of_other_families_have_a_name_too() -> None:
    small = {"vocab_size": 260, "decoder_layers": 1, "encoder_layers": 1, "d_model": 64}
    heads = {"encoder_attention_heads": 4, "decoder_attention_heads": 4, "pad_token_id": 0}
    assert anatomy_of(tf.MarianConfig(**small, **heads)).position_kind == "sinusoidal"
    gptj = tf.GPTJConfig(vocab_size=260, n_embd=64, n_head=4, n_layer=1, rotary_dim=8)
    assert anatomy_of(gptj).position_kind == "rope"
    assert anatomy_of(gptj).position_encoding == "RoPE (on 50% of each head)"


def test_the_parameters_of_a_llama_follow_its_formula() -> None:
    found = anatomy_of(tiny_config("llama"))
    width, inner, vocabulary, kv = 64, 128, 260, 2 * 16
    layer = 2 * width * width + 2 * width * kv + 3 * width * inner + 2 * width
    assert [row.parameters for row in found.rows] == [layer, layer]
    assert found.parameters == 2 * vocabulary * width + 2 * layer + width
    assert (found.kv_heads, found.intermediate_size, found.context_length) == (2, 128, 512)
    assert found.rope == {"rope_theta": "10000", "rope_type": "default"}
    assert not found.tied_embeddings
    assert anatomy_of(tiny_config("gpt2")).tied_embeddings


def test_a_skeleton_and_the_model_have_the_same_anatomy() -> None:
    for architecture in ("llama", "bloom", "t5"):
        model, _ = tiny_model(architecture)
        assert anatomy_of(model.config) == anatomy_of(model.config, model)


def test_windows_stand_in_the_rows() -> None:
    assert [row.window for row in anatomy_of(tiny_config("gemma2")).rows] == [32, None]
    assert [row.window for row in anatomy_of(tiny_config("mistral")).rows] == [32, 32]
    assert [row.window for row in anatomy_of(tiny_config("llama")).rows] == [None, None]


def test_several_rope_settings_are_told_apart() -> None:
    config = tf.Gemma3TextConfig(
        vocab_size=260,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        layer_types=["sliding_attention", "full_attention"],
    )
    text = anatomy_of(config).position_encoding
    assert text == "RoPE (full attention: base 1000000; sliding attention: base 10000)"
    stretched = tiny_config("llama")
    stretched.rope_parameters = {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}
    assert anatomy_of(stretched).position_encoding == "RoPE (base 10000, linear, factor 4)"


def test_an_image_model_is_refused() -> None:
    with pytest.raises(UnsupportedModel, match="no language model"):
        anatomy_of(tf.ViTConfig(architectures=["ViTForImageClassification"]))


def latent_attention() -> tf.PreTrainedModel:
    config = tf.DeepseekV3Config(
        vocab_size=260,
        hidden_size=64,
        intermediate_size=128,
        moe_intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        n_routed_experts=4,
        num_experts_per_tok=2,
        n_group=1,
        topk_group=1,
        first_k_dense_replace=1,
        q_lora_rank=16,
        kv_lora_rank=16,
        qk_rope_head_dim=8,
        qk_nope_head_dim=16,
        v_head_dim=16,
    )
    return tf.DeepseekV3ForCausalLM(config).eval()


@pytest.mark.parametrize("architecture", [*DECODERS, "latent"])
def test_the_kv_cache_is_as_large_as_forecast(architecture: str) -> None:
    model = latent_attention() if architecture == "latent" else tiny_model(architecture)[0]
    tokens = torch.arange(4, 4 + 20)[None]
    with torch.no_grad():
        cache = model(tokens, use_cache=True).past_key_values
    kept = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert kv_bytes(shape_of(model.config), 20, "float32") == kept


def test_a_sliding_window_bounds_the_cache() -> None:
    shape = shape_of(tiny_config("mistral"))
    assert kv_bytes(shape, 1000, "float32") == kv_bytes(shape, 32, "float32")
    mixed = shape_of(tiny_config("gemma2"))
    assert kv_bytes(mixed, 1000, "float16") == (1000 + 32) * 2 * 2 * 16 * 2


@pytest.mark.parametrize("architecture", ["llama", "bloom", "gpt2", "t5", "bert"])
def test_the_census_counts_every_value_once(architecture: str) -> None:
    model, _ = tiny_model(architecture)
    counted = census(model)
    assert counted == census(skeleton(model.config))
    assert counted.parameters == model.num_parameters()
    assert weight_bytes(counted, "float32", "none") == measure(model)


LARGE = Shape(
    hidden_size=4096,
    layers=32,
    heads=32,
    kv_heads=8,
    head_dim=128,
    intermediate_size=14336,
    vocabulary=128_256,
    context_length=131_072,
    kv_widths=(2048,) * 32,
    windows=(None,) * 32,
)
EIGHT_BILLION = Census(quantizable=6_980_000_000, rows=1_400_000, other=1_050_000_000, buffers=0)


def large(
    free: int = 32 << 30, elsewhere: dict[str, int] | None = None, **changes: object
) -> MemoryForecast:
    load = Load(device="cpu", dtype="bfloat16", quantization="none", positions=8192)
    return forecast(LARGE, EIGHT_BILLION, replace(load, **changes), free, elsewhere)  # type: ignore[arg-type]


def test_an_eight_billion_model_needs_what_the_field_knows() -> None:
    fits = large()
    assert fits.weights == pytest.approx(16.06e9, rel=0.001)
    assert fits.kv_cache == 1 << 30  # 8 192 positions · 32 layers · 2 · 8 heads · 128 · 2 bytes
    assert fits.fits
    packed = large(quantization="nf4")
    assert packed.weights == pytest.approx(6.98e9 * 0.5625 + 1.05e9 * 2)


def test_what_does_not_fit_names_what_would() -> None:
    tight = large(free=10 << 30)
    assert not tight.fits
    assert [way for way in tight.alternatives if "4-bit" in way]
    assert not [way for way in tight.alternatives if "context" in way]  # weights alone exceed it
    long = large(positions=131_072, free=22 << 30)
    assert not long.fits
    assert "a context of 32768 tokens" in long.alternatives
    assert large(positions=32_768, free=22 << 30).fits
    gpu = large(device="cuda:0", free=4 << 30, elsewhere={"cpu": 64 << 30})
    assert [way for way in gpu.alternatives if "cpu" in way]
    assert large(free=1 << 20).alternatives == ()
    exact = large(dtype="float32", free=20 << 30)
    assert exact.alternatives == ("bfloat16 weights (17.9 GB)",)


def test_the_planned_context_is_bounded_only_where_nobody_chose() -> None:
    assert planned_context(LARGE, None) == PLANNED_CONTEXT
    assert planned_context(LARGE, 100_000) == 100_000
    assert planned_context(shape_of(tiny_config("llama")), None) == 512
    assert planned_context(shape_of(tiny_config("bloom")), None) == PLANNED_CONTEXT


def test_sizes_are_written_for_people() -> None:
    assert [gigabytes(n) for n in (16_060_000_000, 412_300_000, 12)] == [
        "16.1 GB",
        "412 MB",
        "1 MB",
    ]


def test_eager_attention_needs_room_for_its_scores() -> None:
    more = large(eager=True).overhead - large().overhead
    assert more == 4096 * 4096 * 32 * 2  # one layer of a long prompt, bfloat16
    assert large(encoder_only=True).kv_cache == 0
    assert large(packed_bytes=5_000_000_000).weights == 5_000_000_000
