"""T5: encoder-decoder, a learned bias per distance bucket, ReLU, pre-RMSNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
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

PAPER: Final = "Raffel et al. 2020"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Its norm was RMSNorm before the name was common: no mean is taken away.",
        "One table of biases per half is shared by all its layers.",
        "Version 1.1 replaced ReLU by GEGLU.",
    )


SOURCES: Final = (
    f"{PAPER}, §2.1",
    f"{PAPER}, §2.1",
    "Shazeer 2020; T5 v1.1 release notes",
)

SPECIMEN: Final = Specimen(
    Row(
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
    ),
    library(
        "T5Config",
        "T5ForConditionalGeneration",
        vocab_size=VOCABULARY,
        d_model=HIDDEN,
        d_kv=HIDDEN // HEADS,
        d_ff=INNER,
        num_layers=LAYERS,
        num_heads=HEADS,
        dropout_rate=0.0,
    ),
    wired(
        "encoder.block.0",
        first_norm="layer.0.layer_norm",
        last_norm="layer.1.layer_norm",
        gate="layer.1.DenseReluDense.wi",
        down="layer.1.DenseReluDense.wo",
    ),
)
