"""Bloom: causal decoder, ALiBi, GELU, pre-LayerNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
    HEADS,
    HIDDEN,
    LAYERS,
    VOCABULARY,
    Row,
    Specimen,
    facts_of,
    library,
    wired,
)

PAPER: Final = "Scao et al. 2022"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "No vector holds a position: each head lowers a score by its slope per token of distance.",
        "Its GELU is the tanh approximation.",
        "A further norm right after the embedding keeps training stable.",
    )


SOURCES: Final = (
    "Press et al. 2022, §3",
    "transformers, modeling_bloom.py: bloom_gelu_forward",
    f"{PAPER}, §3.2",
)

SPECIMEN: Final = Specimen(
    Row(
        id="bloom",
        name="Bloom",
        source=PAPER,
        structure="causal decoder",
        position="ALiBi",
        position_kind="alibi",
        activation="GELU",
        activation_id="gelu-tanh",
        norm_kind="LayerNorm",
        placement="pre",
        lecture=True,
        embedding_norm=True,
        final_norm=True,
        facts=facts_of(texts(), SOURCES),
    ),
    library(
        "BloomConfig",
        "BloomForCausalLM",
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        n_layer=LAYERS,
        n_head=HEADS,
        hidden_dropout=0.0,
        attention_dropout=0.0,
    ),
    wired(
        "transformer.h.0",
        first_norm="input_layernorm",
        last_norm="post_attention_layernorm",
        gate="mlp.dense_h_to_4h",
        down="mlp.dense_4h_to_h",
    ),
)
