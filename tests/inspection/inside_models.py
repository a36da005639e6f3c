"""Tiny models as a lane would hold them, and the plain forward pass as the truth."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import torch
from torch import nn

from engine.inspection.inside_spec import InsideSpec
from engine.inspection.inside_text import InsideText, text_of
from engine.models.loaded import LoadedModel
from engine.models.reference import ModelRef
from engine.models.spec import LoadedInfo
from engine.models.weights import WeightFiles
from tests.support.tiny_models import MASK, VOCABULARY, tiny_model, tiny_tokenizer

IDS = tuple(range(40, 52))
TARGET = (0, 61, 62, 63, 64, 65)
# Of each family, the name of an attention's output projection and of an MLP's end in layer 1.
PROJECTION = {
    "llama": "model.layers.1.self_attn.o_proj",
    "qwen3": "model.layers.1.self_attn.o_proj",
    "glm": "model.layers.1.self_attn.o_proj",
    "gemma2": "model.layers.1.self_attn.o_proj",
    "mistral": "model.layers.1.self_attn.o_proj",
    "bloom": "transformer.h.1.self_attention.dense",
    "gpt2": "transformer.h.1.attn.c_proj",
    "bert": "bert.encoder.layer.1.attention.output.dense",
    "t5": "decoder.block.1.layer.0.SelfAttention.o",
    "bart": "model.decoder.layers.1.self_attn.out_proj",
}
MLP = {
    "llama": "model.layers.1.mlp.down_proj",
    "qwen3": "model.layers.1.mlp.down_proj",
    "glm": "model.layers.1.mlp.down_proj",
    "gemma2": "model.layers.1.mlp.down_proj",
    "mistral": "model.layers.1.mlp.down_proj",
    "bloom": "transformer.h.1.mlp.dense_4h_to_h",
    "gpt2": "transformer.h.1.mlp.c_proj",
    "bert": "bert.encoder.layer.1.output.dense",
    "t5": "decoder.block.1.layer.2.DenseReluDense.wo",
    "bart": "model.decoder.layers.1.fc2",
}
FAMILIES = tuple(PROJECTION)
DECODERS = FAMILIES[:7]
HEADS, WIDTH = 4, 16
FURTHER = ("mpt", "falcon", "gptj", "gpt_neox", "opt", "phi", "gpt_oss")


def held(architecture: str, seed: int = 0) -> LoadedModel:
    """A tiny model as its lane holds it, never loaded from a folder."""
    model, tokenizer = tiny_model(architecture, seed)
    if architecture == "bert":  # its own weights are so small that a head changes nothing
        with torch.no_grad():
            for weight in model.parameters():
                weight.mul_(5 if weight.dim() == 2 else 1)
    nothing = cast(WeightFiles, None)
    info = cast(LoadedInfo, None)
    return LoadedModel(model, tokenizer, ModelRef(architecture), Path(), nothing, info)


def further(architecture: str) -> LoadedModel:
    """A tiny decoder of a family that the common tiny models do not have."""
    import transformers as tf

    common = {"vocab_size": VOCABULARY, "bos_token_id": 1, "eos_token_id": 2}
    usual = {**common, "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2}
    gpt = {**common, "n_embd": 64, "n_head": 4, "n_layer": 2}
    grouped = {"num_key_value_heads": 2, "head_dim": 16}
    experts = {"num_local_experts": 4, "num_experts_per_tok": 2}
    config: tf.PretrainedConfig
    match architecture:
        case "mpt":
            config = tf.MptConfig(**common, d_model=64, n_heads=4, n_layers=2, max_seq_len=512)
        case "falcon":
            config = tf.FalconConfig(**usual, alibi=True)
        case "gptj":
            config = tf.GPTJConfig(**gpt, rotary_dim=8)
        case "gpt_neox":
            config = tf.GPTNeoXConfig(**usual, intermediate_size=128)
        case "opt":
            config = tf.OPTConfig(**usual, ffn_dim=128, word_embed_proj_dim=64)
        case "phi":
            config = tf.PhiConfig(**usual, intermediate_size=128)
        case "gpt_oss":
            config = tf.GptOssConfig(**usual, **grouped, **experts, intermediate_size=64)
        case _:
            raise ValueError(architecture)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = tf.AutoModelForCausalLM.from_config(config).float().eval()
    nothing = cast(WeightFiles, None)
    ref = ModelRef(architecture)
    return LoadedModel(model, tiny_tokenizer(), ref, Path(), nothing, cast(LoadedInfo, None))


def text_for(loaded: LoadedModel, ids: tuple[int, ...] = IDS) -> InsideText:
    """The common text; an encoder's has a mask in it."""
    if loaded.ref.id == "bert":
        ids = (*ids[:5], MASK, *ids[5:])
    target = TARGET if loaded.model.config.is_encoder_decoder else ()
    return text_of(loaded, InsideSpec(model=loaded.ref, ids=ids, target_ids=target))


def plain(loaded: LoadedModel, text: InsideText, **changed: object) -> torch.Tensor:
    """Logits ``[tokens, vocabulary]`` of one call of transformers without a cache."""
    ids = torch.tensor([text.ids])
    arguments: dict[str, object] = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if text.target_ids:
        arguments["decoder_input_ids"] = torch.tensor([text.target_ids])
    with torch.no_grad():
        return cast(torch.Tensor, loaded.model(**{**arguments, **changed}).logits[0])


def hooks_of(model: nn.Module) -> int:
    """Hooks and replaced forward methods on all modules."""
    return sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks) + ("forward" in vars(module))
        for module in model.modules()
    )
