"""LLaMA: causal decoder, RoPE, SwiGLU, pre-RMSNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
    HEADS,
    USUAL,
    Row,
    Specimen,
    facts_of,
    library,
    wired,
)

PAPER: Final = "Touvron et al. 2023"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Queries and keys turn in every layer; values and the residual do not.",
        "The gated unit has three matrices, so its width is 2/3 of 4 times the model's.",
    )


SOURCES: Final = (
    "Su et al. 2021, §3.2.2",
    f"{PAPER}, §2.2",
)

SPECIMEN: Final = Specimen(
    Row(
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
    ),
    library("LlamaConfig", "LlamaForCausalLM", **USUAL, num_key_value_heads=HEADS),
    wired(
        "model.layers.0",
        first_norm="input_layernorm",
        last_norm="post_attention_layernorm",
        gate="mlp.gate_proj",
        up="mlp.up_proj",
        down="mlp.down_proj",
    ),
)
