"""How far a model can read: beyond its training with a note, beyond its table of positions not.

One rule for everything that looks inside. Rotations, linear biases and buckets of distance go on
for any length, so a text beyond the trained length is read and said to be one; a table of
positions has no row for a token behind its end, so such a text is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.decoding.stopping import check_length, context_length
from engine.models.anatomy import position_kind_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

UNLIMITED: Final = frozenset({"rope", "alibi", "t5", "none"})
TABLES: Final = frozenset({"mpt", "gptj", "codegen"})
"""Families that build their biases or sines once, for the trained length."""


def trained_length(model: PreTrainedModel) -> int | None:
    """Positions that a model was made for, or None when its configuration names none."""
    return context_length(model)


def readable_length(model: PreTrainedModel) -> int | None:
    """Positions that a model can tell apart, or None when there is no end to them."""
    config = model.config
    kind = position_kind_of(config.get_text_config(decoder=True), model)
    if kind in UNLIMITED and config.model_type not in TABLES:
        return None
    return context_length(model)


def check_reach(model: PreTrainedModel, tokens: int) -> None:
    """Raise `PromptTooLong` when the model has no position for the last of so many tokens."""
    trained = trained_length(model)
    if trained is not None and tokens > trained:
        check_length(tokens, readable_length(model))
