"""T5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.inspection.anatomy.rows.base import (
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

PAPER: Final = "Raffel et al. 2020"


SOURCES: Final = (
    f"{PAPER}, §2.1",
    f"{PAPER}, §2.1",
    "Shazeer 2020; T5 v1.1 release notes",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Its norm was RMSNorm before the name was common: no mean is taken away.",
        "One table of biases per half is shared by all its layers.",
        "Version 1.1 replaced ReLU by GEGLU.",
    )


def row() -> Row:
    """Encoder-decoder, a learned bias per distance bucket, ReLU, pre-RMSNorm."""
    return Row(
        id="t5",
        name="T5",
        source=PAPER,
        structure="encoder-decoder",
        position="T5 bias (learned, per distance bucket and head)",
        position_kind="t5",
        activation="ReLU",
        activation_id="relu",
        norm_kind="RMSNorm",
        placement="pre",
        final_norm=True,
        facts=facts_of(texts(), SOURCES),
    )


def build() -> nn.Module:
    """transformers' own class."""
    from transformers import T5Config, T5ForConditionalGeneration

    return T5ForConditionalGeneration(
        T5Config(
            vocab_size=VOCABULARY,
            d_model=HIDDEN,
            d_kv=HIDDEN // HEADS,
            d_ff=INNER,
            num_layers=LAYERS,
            num_heads=HEADS,
            dropout_rate=0.0,
        )
    )


SPECIMEN: Final = Specimen(
    row(),
    build,
    Wiring(
        layer="encoder.block.0",
        first_norm="encoder.block.0.layer.0.layer_norm",
        last_norm="encoder.block.0.layer.1.layer_norm",
        gate="encoder.block.0.layer.1.DenseReluDense.wi",
        down="encoder.block.0.layer.1.DenseReluDense.wo",
    ),
)
