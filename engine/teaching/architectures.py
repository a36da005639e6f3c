"""The two teaching models and their training forward pass.

The weights live in transformers' own modules, so that a checkpoint is a plain Llama or Bloom.
Lessons packed into one window must not see each other; the layers are therefore walked here, with
the modules' weights and formulas and a mask per lesson (the test compares with their forward).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import (
    BloomConfig,
    BloomForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
)
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

MODELS = ("teach-rope", "teach-alibi")
WINDOW = 384
HIDDEN, LAYERS = 192, 4
EMBEDDING_STD = 0.05
LOOK_BACK = (1, 2, 4)  # tokens back that the first heads of each Llama layer start looking at
LOOK_BACK_STRENGTH = 3.0  # of the four fastest rotations, the only ones that tell neighbours apart


def create(name: str, vocabulary: int, seed: int) -> PreTrainedModel:
    """A freshly initialised teaching model in float32."""
    torch.manual_seed(seed)
    if name == "teach-rope":
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=vocabulary,
                hidden_size=HIDDEN,
                intermediate_size=512,
                num_hidden_layers=LAYERS,
                num_attention_heads=6,
                num_key_value_heads=6,
                head_dim=32,
                max_position_embeddings=WINDOW,
                rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
                attention_bias=True,
                tie_word_embeddings=True,
                pad_token_id=0,
                bos_token_id=1,
                eos_token_id=2,
            )
        )
        _start_readable(model)
        return model
    if name == "teach-alibi":
        config: Any = BloomConfig(
            vocab_size=vocabulary,
            hidden_size=HIDDEN,
            n_layer=LAYERS,
            n_head=8,
            hidden_dropout=0.0,
            attention_dropout=0.0,
            tie_word_embeddings=True,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=2,
        )
        config.seq_length = WINDOW  # Bloom's own name for the trained window
        return BloomForCausalLM(config)
    raise ValueError(f"There is no teaching model “{name}”; choose one of {', '.join(MODELS)}.")


def _start_readable(model: LlamaForCausalLM) -> None:
    """A start from which looking up earlier tokens is learned in minutes, as Bloom's is.

    ALiBi gives Bloom heads that look at the tokens just before from the first step on. Here the
    biases of query and key do the same for the first heads of each layer: with key bias b and
    query bias R(back) b, the rotations bring the score b·R(distance - back)·b, which is largest
    ``back`` tokens ago. Larger embeddings and silent outputs keep a token's identity readable
    while the layers are still noise.
    """
    config: Any = model.config
    half = config.head_dim // 2
    speed = config.rope_parameters["rope_theta"] ** (-torch.arange(half) / half)
    length = LOOK_BACK_STRENGTH * (torch.arange(half) < 4)
    with torch.no_grad():
        model.model.embed_tokens.weight.mul_(EMBEDDING_STD / config.initializer_range)
        for block in model.model.layers:
            block.self_attn.o_proj.weight.zero_()
            block.mlp.down_proj.weight.zero_()
            for head, back in enumerate(LOOK_BACK):
                span = slice(head * config.head_dim, (head + 1) * config.head_dim)
                turned = torch.cat([length * (speed * back).cos(), -length * (speed * back).sin()])
                block.self_attn.k_proj.bias[span] = torch.cat([length, torch.zeros(half)])
                block.self_attn.q_proj.bias[span] = turned


def slopes(heads: int) -> Tensor:
    """ALiBi's slopes for a power-of-two number of heads: 2^(-8 i / heads), shape (heads,)."""
    return torch.tensor([2.0 ** (-8.0 * (index + 1) / heads) for index in range(heads)])


def own_lesson(lesson: Tensor) -> Tensor:
    """True where a query may look: the past of its own lesson, (rows, 1, window, window)."""
    same = lesson[:, None, :, None] == lesson[:, None, None, :]
    return same & torch.ones_like(same[0, 0]).tril()


def attend(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    """Plain attention, (rows, heads, window, head_dim); on a CPU faster than the fused kernels
    for windows this short (bfloat16, 16 × 96: 8 ms against 34 ms forward and backward)."""
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + bias
    mixed = scores.softmax(-1) @ value
    joined: Tensor = mixed.transpose(1, 2).flatten(2)  # (rows, window, heads * head_dim)
    return joined


def hidden_states(
    model: PreTrainedModel, ids: Tensor, lesson: Tensor, dtype: torch.dtype
) -> Tensor:
    """Final hidden states of packed windows, (rows, window, hidden)."""
    allowed = own_lesson(lesson)
    mask = torch.zeros_like(allowed, dtype=dtype).masked_fill_(~allowed, float("-inf"))
    if isinstance(model, LlamaForCausalLM):
        return _llama_hidden(model, ids, mask)
    assert isinstance(model, BloomForCausalLM)
    return _bloom_hidden(model, ids, mask)


def _llama_hidden(model: LlamaForCausalLM, ids: Tensor, mask: Tensor) -> Tensor:
    """Llama's layers; positions run on through a window, which rotation does not mind."""
    body: Any = model.model
    config: Any = model.config
    rows, window = ids.shape
    groups = config.num_attention_heads // config.num_key_value_heads
    x = body.embed_tokens(ids)
    place = torch.arange(window, device=ids.device)[None]
    cos, sin = body.rotary_emb(x, position_ids=place)
    for block in body.layers:
        attention, normed = block.self_attn, block.input_layernorm(x)
        query, key, value = (
            projection(normed).view(rows, window, -1, config.head_dim).transpose(1, 2)
            for projection in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        query, key = apply_rotary_pos_emb(query, key, cos.to(query.dtype), sin.to(query.dtype))
        key, value = (t.repeat_interleave(groups, dim=1) for t in (key, value))
        x = x + attention.o_proj(attend(query, key, value, mask))
        x = x + block.mlp(block.post_attention_layernorm(x))
    final: Tensor = body.norm(x)
    return final


def _bloom_hidden(model: BloomForCausalLM, ids: Tensor, mask: Tensor) -> Tensor:
    """Bloom's layers with ALiBi written as a bias on the distance."""
    body: Any = model.transformer
    heads = model.config.n_head
    rows, window = ids.shape
    place = torch.arange(window, device=ids.device)
    distance = (place[:, None] - place[None, :]).clamp(min=0)
    alibi = -slopes(heads).to(ids.device)[:, None, None] * distance  # (heads, window, window)
    bias = mask + alibi.to(mask.dtype)
    x = body.word_embeddings_layernorm(body.word_embeddings(ids))
    for block in body.h:
        attention = block.self_attention
        fused = attention.query_key_value(block.input_layernorm(x))
        query, key, value = fused.view(rows, window, heads, 3, -1).permute(3, 0, 2, 1, 4)
        x = x + attention.dense(attend(query, key, value, bias))
        inner = block.mlp.dense_h_to_4h(block.post_attention_layernorm(x))
        x = x + block.mlp.dense_4h_to_h(F.gelu(inner, approximate="tanh"))
    final: Tensor = body.ln_f(x)
    return final
