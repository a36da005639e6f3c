"""BERT."""

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

PAPER: Final = "Devlin et al. 2019"


SOURCES: Final = (
    f"{PAPER}, §3.1",
    f"{PAPER}, appendix A.2",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Every token sees every other one; it fills in masked tokens and writes no text.",
        "Position 512 is the last one that has a row in the table.",
    )


def row() -> Row:
    """Encoder, learned absolute positions, GELU, post-LayerNorm."""
    return Row(
        id="bert",
        name="BERT",
        source=PAPER,
        structure="encoder",
        position="learned absolute",
        position_kind="learned",
        activation="GELU",
        activation_id="gelu",
        norm_kind="LayerNorm",
        placement="post",
        lecture=True,
        embedding_norm=True,
        facts=facts_of(texts(), SOURCES),
    )


def build() -> nn.Module:
    """transformers' own class."""
    from transformers import BertConfig, BertForMaskedLM

    return BertForMaskedLM(
        BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=HIDDEN,
            intermediate_size=INNER,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            max_position_embeddings=CONTEXT,
        )
    )


SPECIMEN: Final = Specimen(
    row(),
    build,
    Wiring(
        layer="bert.encoder.layer.0",
        first_norm="bert.encoder.layer.0.attention.output.LayerNorm",
        last_norm="bert.encoder.layer.0.output.LayerNorm",
        gate="bert.encoder.layer.0.intermediate.dense",
        down="bert.encoder.layer.0.output.dense",
    ),
)
