"""BERT: encoder, learned absolute positions, GELU, post-LayerNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
    USUAL,
    Row,
    Specimen,
    facts_of,
    library,
    wired,
)

PAPER: Final = "Devlin et al. 2019"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Every token sees every other one; it fills in masked tokens and writes no text.",
        "Position 512 is the last one that has a row in the table.",
    )


SOURCES: Final = (
    f"{PAPER}, §3.1",
    f"{PAPER}, appendix A.2",
)

SPECIMEN: Final = Specimen(
    Row(
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
    ),
    library("BertConfig", "BertForMaskedLM", **USUAL),
    wired(
        "bert.encoder.layer.0",
        first_norm="attention.output.LayerNorm",
        last_norm="output.LayerNorm",
        gate="intermediate.dense",
        down="output.dense",
    ),
)
