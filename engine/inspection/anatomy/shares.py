"""Where a model's parameters are, part by part, told by the names of its modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.inspection.anatomy.table_spec import Part, Share

if TYPE_CHECKING:
    from torch import nn

# The first word that is found decides, so what is special stands before what is general.
WORDS: Final[tuple[tuple[Part, tuple[str, ...]], ...]] = (
    ("position", ("position", "wpe", "relative_attention_bias")),
    ("norm", ("norm", "ln_")),
    ("head", ("lm_head", "predictions", "cls.")),
    ("embedding", ("embed", "wte", "shared")),
    ("mlp", ("mlp", "fc1", "fc2", "dense_h_to_4h", "dense_4h_to_h", "densereludense",
             "intermediate.dense", "feed_forward", "experts")),
    ("attention", ("attn", "attention", "cross")),
    ("mlp", ("output.dense",)),
)  # fmt: skip
ORDER: Final[tuple[Part, ...]] = (
    "embedding", "position", "attention", "mlp", "norm", "head", "other",
)  # fmt: skip


def part_of(name: str) -> Part:
    """The part that a parameter of this qualified name belongs to."""
    lowered = name.lower()
    for part, words in WORDS:
        if any(word in lowered for word in words):
            return part
    return "other"


def shares_of(model: nn.Module) -> tuple[Share, ...]:
    """Parameters by part; tied ones are counted once, where they are first used."""
    counts: dict[Part, int] = dict.fromkeys(ORDER, 0)
    for name, weight in model.named_parameters():  # names a tied parameter once
        counts[part_of(name)] += weight.numel()
    return tuple(Share(part, count) for part, count in counts.items() if count)
