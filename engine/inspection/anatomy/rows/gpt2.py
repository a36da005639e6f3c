"""GPT-2, for the line of GPT models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.inspection.anatomy.rows.base import (
    CONTEXT,
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

PAPER: Final = "Radford et al. 2019"


SOURCES: Final = (
    f"{PAPER}, §2.3",
    f"{PAPER}, released code",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "GPT-1 had post-norm; GPT-2 moved the norm to the entrance of each sub-layer.",
        "Input and output share one table of embeddings.",
    )


def row() -> Row:
    """Causal decoder, learned absolute positions, GELU, pre-LayerNorm."""
    return Row(
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
    )


def build() -> nn.Module:
    """transformers' own class."""
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=VOCABULARY,
            n_embd=HIDDEN,
            n_layer=LAYERS,
            n_head=HEADS,
            n_positions=CONTEXT,
            bos_token_id=1,
            eos_token_id=2,
        )
    )


SPECIMEN: Final = Specimen(
    row(),
    build,
    Wiring(
        layer="transformer.h.0",
        first_norm="transformer.h.0.ln_1",
        last_norm="transformer.h.0.ln_2",
        gate="transformer.h.0.mlp.c_fc",
        down="transformer.h.0.mlp.c_proj",
    ),
)
