"""BART: encoder-decoder, learned absolute positions, GELU, post-LayerNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
    CONTEXT,
    HEADS,
    HIDDEN,
    INNER,
    LAYERS,
    VOCABULARY,
    Row,
    Specimen,
    facts_of,
    library,
    wired,
)

PAPER: Final = "Lewis et al. 2020"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "It is trained to repair spoiled texts.",
        "Its table of positions starts two rows late, an inheritance of its first code.",
    )


SOURCES: Final = (
    f"{PAPER}, §2.2",
    "transformers, modeling_bart.py: BartLearnedPositionalEmbedding",
)

SPECIMEN: Final = Specimen(
    Row(
        id="bart",
        name="BART",
        source=PAPER,
        structure="encoder-decoder",
        position="learned absolute",
        position_kind="learned",
        activation="GELU",
        activation_id="gelu",
        norm_kind="LayerNorm",
        placement="post",
        embedding_norm=True,
        facts=facts_of(texts(), SOURCES),
    ),
    library(
        "BartConfig",
        "BartForConditionalGeneration",
        vocab_size=VOCABULARY,
        d_model=HIDDEN,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        encoder_ffn_dim=INNER,
        decoder_ffn_dim=INNER,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        max_position_embeddings=CONTEXT,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=None,
    ),
    wired(
        "model.encoder.layers.0",
        first_norm="self_attn_layer_norm",
        last_norm="final_layer_norm",
        gate="fc1",
        down="fc2",
    ),
)
