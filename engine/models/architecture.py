"""A configuration read in the field's terms, whatever its family calls its fields.

transformers' own `attribute_map` already unifies many names (`n_embd` → `hidden_size`); the rest
is looked up under the spellings that families use. Every reader says what it falls back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

HIDDEN: Final = ("hidden_size", "d_model", "n_embd", "dim")
LAYERS: Final = ("num_hidden_layers", "n_layer", "num_layers", "n_layers", "encoder_layers")
HEADS: Final = ("num_attention_heads", "n_head", "num_heads", "n_heads", "encoder_attention_heads")
INNER: Final = (
    "intermediate_size", "ffn_dim", "d_ff", "n_inner", "encoder_ffn_dim", "ffn_hidden_size",
)  # fmt: skip
CONTEXT: Final = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "n_ctx")
ACTIVATION: Final = (
    "hidden_activation", "hidden_act", "activation_function", "feed_forward_proj", "activation",
)  # fmt: skip

LENGTH_DEPENDENT_ROPE: Final = frozenset({"dynamic", "longrope"})
"""Rotations whose frequencies follow the length of the text that is read."""


@dataclass(frozen=True)
class Shape:
    """The sizes that memory and anatomy are computed from.

    Attributes:
        kv_widths: Per layer, the values that one position adds to the KV cache (keys + values).
        windows: Per layer, the sliding window in positions, or None for full attention.
    """

    hidden_size: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate_size: int
    vocabulary: int
    context_length: int | None
    kv_widths: tuple[int, ...]
    windows: tuple[int | None, ...]


def text_config(config: PreTrainedConfig) -> PreTrainedConfig:
    """The language part of a composite configuration; otherwise the configuration itself.

    An encoder-decoder's own configuration stays whole: it describes both halves.
    """
    if getattr(config, "is_encoder_decoder", False):
        return config
    return config.get_text_config(decoder=True)


def number(config: PreTrainedConfig, names: tuple[str, ...], default: int = 0) -> int:
    """The first of several spellings that holds a whole number."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return default


def length_dependent_rope(config: PreTrainedConfig) -> str:
    """The first rotation of the model that changes with the text's length, or an empty text."""
    rope = getattr(config.get_text_config(decoder=True), "rope_parameters", None) or {}
    kinds = [rope, *(one for one in rope.values() if isinstance(one, dict))]
    named = (str(one.get("rope_type", "default")) for one in kinds)
    return next((kind for kind in named if kind in LENGTH_DEPENDENT_ROPE), "")


def shape_of(config: PreTrainedConfig) -> Shape:
    """The sizes of a configuration. Unknown sizes are 0, an unlimited context is None."""
    config = text_config(config)
    hidden = number(config, HIDDEN)
    layers = number(config, LAYERS)
    if getattr(config, "is_encoder_decoder", False):
        layers = number(config, ("decoder_layers", "num_decoder_layers"), layers)
    heads = number(config, HEADS)
    kv_heads = _kv_heads(config, heads)
    head_dim = _head_dim(config, hidden, heads)
    windows = _windows(config, layers)
    return Shape(
        hidden_size=hidden,
        layers=layers,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        intermediate_size=number(config, INNER, 4 * hidden),
        vocabulary=number(config, ("vocab_size",)),
        context_length=number(config, CONTEXT) or None,
        kv_widths=(_kv_width(config, heads, kv_heads, head_dim),) * layers,
        windows=windows,
    )


def _head_dim(config: PreTrainedConfig, hidden: int, heads: int) -> int:
    """Width of a query head; of latent attention both its parts, plain and rotated."""
    plain = number(config, ("qk_nope_head_dim",))
    if plain:
        return plain + number(config, ("qk_rope_head_dim",))
    return number(config, ("head_dim", "d_kv"), hidden // heads if heads else 0)


def _kv_heads(config: PreTrainedConfig, heads: int) -> int:
    if getattr(config, "multi_query", False) and not getattr(
        config, "new_decoder_architecture", False
    ):
        return 1
    return number(config, ("num_key_value_heads", "num_kv_heads", "multi_query_group_num"), heads)


def _kv_width(config: PreTrainedConfig, heads: int, kv_heads: int, head_dim: int) -> int:
    """Values per position and layer: keys and values of the KV heads.

    Multi-head latent attention (DeepSeek) keeps one latent vector and one rotated key for all
    heads (`DeepseekV3Attention.forward` in transformers).
    """
    rank = getattr(config, "kv_lora_rank", None)
    if isinstance(rank, int):
        return rank + number(config, ("qk_rope_head_dim",))
    both = 2 if getattr(config, "is_encoder_decoder", False) else 1  # self- and cross-attention
    return both * kv_heads * 2 * head_dim


def _windows(config: PreTrainedConfig, layers: int) -> tuple[int | None, ...]:
    window = number(config, ("sliding_window", "attention_window", "window_size"))
    if getattr(config, "use_sliding_window", True) is False or not window:
        window = 0
    kinds = getattr(config, "layer_types", None) or getattr(config, "attention_layers", None)
    if isinstance(kinds, list) and len(kinds) == layers:
        chunk = number(config, ("attention_chunk_size",))
        return tuple(
            (window if "sliding" in kind or kind == "local" else chunk if "chunked" in kind else 0)
            or None
            for kind in kinds
        )
    return (window or None,) * layers
