"""ChatGLM-6B: prefix decoder, two-dimensional RoPE, GeGLU as the textbook says, post-DeepNorm."""

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
    facts_of,
    wired,
)

if TYPE_CHECKING:
    from torch import nn

RELEASE: Final = "ChatGLM-6B, modeling_chatglm.py"


SOURCES: Final = (
    f"{RELEASE}: GLU, activation_func",
    f"{RELEASE}: position_encoding_2d",
    f"{RELEASE}: GLMBlock; Wang et al. 2022, figure 2",
    "Du et al. 2022, §2.1",
)


def texts() -> tuple[str, ...]:
    """What else should be known."""
    return (
        "The textbook names GeGLU; the released code computes plain GELU (tanh).",
        "Half of each head turns with the place in the prompt, half with the place in the answer.",
        "The residual is the normalised vector times √(2N), where the paper has the fourth root.",
        "Tokens of the prompt see each other; those of the answer see what is before them.",
    )


def build() -> nn.Module:
    """The reference block with the textbook's GeGLU: transformers has no such class."""
    from engine.inspection.anatomy.reference.chatglm import ChatGlm

    return ChatGlm(VOCABULARY, HIDDEN, HEADS, INNER, LAYERS, gated=True)


def build_released() -> nn.Module:
    """The reference block with the released code's plain GELU."""
    from engine.inspection.anatomy.reference.chatglm import ChatGlm

    return ChatGlm(VOCABULARY, HIDDEN, HEADS, INNER, LAYERS, gated=False)


SPECIMEN: Final = Specimen(
    Row(
        id="chatglm",
        name="ChatGLM-6B",
        source="Zeng et al. 2022",
        structure="prefix decoder",
        position="2-D RoPE",
        position_kind="rope",
        activation="GeGLU",
        activation_id="geglu",
        norm_kind="LayerNorm",
        placement="deep",
        lecture=True,
        final_norm=True,
        facts=facts_of(texts(), SOURCES),
    ),
    build,
    wired(
        "layers.0",
        first_norm="input_layernorm",
        last_norm="post_attention_layernorm",
        gate="mlp.gate",
        up="mlp.up",
        down="mlp.down",
        attention="attention.dense",
        between="post_attention_layernorm",
    ),
    released=build_released,
    released_activation="gelu-tanh",
)
