"""Bloom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.inspection.anatomy.rows.base import (
    HEADS,
    HIDDEN,
    LAYERS,
    VOCABULARY,
    Row,
    Specimen,
    Wiring,
    facts_of,
)

if TYPE_CHECKING:
    from torch import nn

PAPER: Final = "Scao et al. 2022"


SOURCES: Final = (
    "Press et al. 2022, §3",
    "transformers, modeling_bloom.py: bloom_gelu_forward",
    f"{PAPER}, §3.2",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "No vector holds a position: each head lowers a score by its slope per token of distance.",
        "Its GELU is the tanh approximation.",
        "A further norm right after the embedding keeps training stable.",
    )


def row() -> Row:
    """Causal decoder, ALiBi, GELU, pre-LayerNorm."""
    return Row(
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
    )


def build() -> nn.Module:
    """transformers' own class."""
    from transformers import BloomConfig, BloomForCausalLM

    return BloomForCausalLM(
        BloomConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            n_layer=LAYERS,
            n_head=HEADS,
            hidden_dropout=0.0,
            attention_dropout=0.0,
        )
    )


SPECIMEN: Final = Specimen(
    row(),
    build,
    Wiring(
        layer="transformer.h.0",
        first_norm="transformer.h.0.input_layernorm",
        last_norm="transformer.h.0.post_attention_layernorm",
        gate="transformer.h.0.mlp.dense_h_to_4h",
        down="transformer.h.0.mlp.dense_4h_to_h",
    ),
)
