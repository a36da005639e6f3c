"""The native Transformer: encoder-decoder, sinusoidal positions, ReLU, post-LayerNorm."""

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
    facts_of,
    wired,
)

if TYPE_CHECKING:
    from torch import nn

PAPER: Final = "Vaswani et al. 2017"


SOURCES: Final = (
    f"{PAPER}, §3.5",
    f"{PAPER}, §3.2.3",
    "Xiong et al. 2020, §1",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "Sine and cosine take turns along the embedding; they are added once, at the input.",
        "The decoder reads the whole input through cross-attention in every layer.",
        "Post-norm stacks of many layers need a warm-up of the learning rate.",
    )


def build() -> nn.Module:
    """The reference block: transformers has no such class with ReLU and interleaved sines."""
    from engine.inspection.anatomy.reference.native import NativeTransformer

    return NativeTransformer(VOCABULARY, HIDDEN, HEADS, INNER, LAYERS, CONTEXT)


SPECIMEN: Final = Specimen(
    Row(
        id="native",
        name="native Transformer",
        source=PAPER,
        structure="encoder-decoder",
        position="sinusoidal",
        position_kind="sinusoidal",
        activation="ReLU",
        activation_id="relu",
        norm_kind="LayerNorm",
        placement="post",
        lecture=True,
        facts=facts_of(texts(), SOURCES),
    ),
    build,
    wired(
        "encoder.0",
        first_norm="attention_norm",
        last_norm="mlp_norm",
        gate="mlp.up",
        down="mlp.down",
    ),
)
