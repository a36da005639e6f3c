"""GLM-4."""

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

PAPER: Final = "GLM team 2024"


SOURCES: Final = (
    f"{PAPER}, §2",
    "transformers, modeling_glm.py: apply_rotary_pos_emb",
    "transformers, modeling_glm.py: GlmMLP",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Of the first GLM only the name is left: it is causal, without a prefix.",
        "Neighbouring dimensions turn together, and half of each head does not turn.",
        "Gate and value come out of one matrix.",
    )


def row() -> Row:
    """Causal decoder, RoPE on half of each head, SwiGLU, pre-RMSNorm."""
    return Row(
        id="glm4",
        name="GLM-4",
        source=PAPER,
        structure="causal decoder",
        position="RoPE (on 50% of each head)",
        position_kind="rope",
        activation="SwiGLU",
        activation_id="swiglu",
        norm_kind="RMSNorm",
        placement="pre",
        final_norm=True,
        facts=facts_of(texts(), SOURCES),
    )


def build() -> nn.Module:
    """transformers' own class."""
    from transformers import GlmConfig, GlmForCausalLM

    return GlmForCausalLM(
        GlmConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            intermediate_size=INNER,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            num_key_value_heads=HEADS // 2,
            head_dim=HIDDEN // HEADS,
            max_position_embeddings=CONTEXT,
            pad_token_id=0,
            eos_token_id=2,
        )
    )


SPECIMEN: Final = Specimen(
    row(),
    build,
    Wiring(
        layer="model.layers.0",
        first_norm="model.layers.0.input_layernorm",
        last_norm="model.layers.0.post_attention_layernorm",
        gate="model.layers.0.mlp.gate_up_proj",
        up="model.layers.0.mlp.gate_up_proj",
        down="model.layers.0.mlp.down_proj",
    ),
)
