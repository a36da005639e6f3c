"""GLM-4: causal decoder, RoPE on half of each head, SwiGLU, pre-RMSNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
    HEADS,
    HIDDEN,
    USUAL,
    Row,
    Specimen,
    facts_of,
    library,
    wired,
)

PAPER: Final = "GLM team 2024"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Of the first GLM only the name is left: it is causal, without a prefix.",
        "Neighbouring dimensions turn together, and half of each head does not turn.",
        "Gate and value come out of one matrix.",
    )


SOURCES: Final = (
    f"{PAPER}, §2",
    "transformers, modeling_glm.py: apply_rotary_pos_emb",
    "transformers, modeling_glm.py: GlmMLP",
)

SPECIMEN: Final = Specimen(
    Row(
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
    ),
    library(
        "GlmConfig",
        "GlmForCausalLM",
        **USUAL,
        num_key_value_heads=HEADS // 2,
        head_dim=HIDDEN // HEADS,
        pad_token_id=0,
        eos_token_id=2,
    ),
    wired(
        "model.layers.0",
        first_norm="input_layernorm",
        last_norm="post_attention_layernorm",
        gate="mlp.gate_up_proj",
        up="mlp.gate_up_proj",
        down="mlp.down_proj",
    ),
)
