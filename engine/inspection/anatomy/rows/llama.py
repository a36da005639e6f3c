"""LLaMA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.inspection.anatomy.rows.base import (
    CONTEXT,
    HEADS,
    HIDDEN,
    INNER,
    LAYERS,
    VOCABULARY,
    Row,
    Specimen,
    Wiring,
    facts_of,
)

if TYPE_CHECKING:
    from torch import nn

PAPER: Final = "Touvron et al. 2023"


SOURCES: Final = (
    "Su et al. 2021, §3.2.2",
    f"{PAPER}, §2.2",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Queries and keys turn in every layer; values and the residual do not.",
        "The gated unit has three matrices, so its width is 2/3 of 4 times the model's.",
    )


def row() -> Row:
    """Causal decoder, RoPE, SwiGLU, pre-RMSNorm."""
    return Row(
        id="llama",
        name="LLaMA",
        source=PAPER,
        structure="causal decoder",
        position="RoPE",
        position_kind="rope",
        activation="SwiGLU",
        activation_id="swiglu",
        norm_kind="RMSNorm",
        placement="pre",
        lecture=True,
        final_norm=True,
        facts=facts_of(texts(), SOURCES),
    )


def build() -> nn.Module:
    """transformers' own class."""
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            intermediate_size=INNER,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            num_key_value_heads=HEADS,
            max_position_embeddings=CONTEXT,
        )
    )


SPECIMEN: Final = Specimen(
    row(),
    build,
    Wiring(
        layer="model.layers.0",
        first_norm="model.layers.0.input_layernorm",
        last_norm="model.layers.0.post_attention_layernorm",
        gate="model.layers.0.mlp.gate_proj",
        up="model.layers.0.mlp.up_proj",
        down="model.layers.0.mlp.down_proj",
    ),
)
