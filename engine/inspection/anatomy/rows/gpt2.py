"""GPT-2, for the line of GPT: causal decoder, learned absolute positions, GELU, pre-LayerNorm."""

from __future__ import annotations

from typing import Final

from engine.inspection.anatomy.rows.base import (
    CONTEXT,
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

PAPER: Final = "Radford et al. 2019"


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "GPT-1 had post-norm; GPT-2 moved the norm to the entrance of each sub-layer.",
        "Input and output share one table of embeddings.",
    )


SOURCES: Final = (
    f"{PAPER}, §2.3",
    f"{PAPER}, released code",
)

SPECIMEN: Final = Specimen(
    Row(
        id="gpt2",
        name="GPT-2",
        source=PAPER,
        structure="causal decoder",
        position="learned absolute",
        position_kind="learned",
        activation="GELU",
        activation_id="gelu-tanh",
        norm_kind="LayerNorm",
        placement="pre",
        final_norm=True,
        facts=facts_of(texts(), SOURCES),
    ),
    library(
        "GPT2Config",
        "GPT2LMHeadModel",
        vocab_size=VOCABULARY,
        n_embd=HIDDEN,
        n_layer=LAYERS,
        n_head=HEADS,
        n_positions=CONTEXT,
        bos_token_id=1,
        eos_token_id=2,
    ),
    wired(
        "transformer.h.0", first_norm="ln_1", last_norm="ln_2", gate="mlp.c_fc", down="mlp.c_proj"
    ),
)
