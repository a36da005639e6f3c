"""Which attention modules look from a decoder into an encoder, told by their names."""

from __future__ import annotations

from typing import Final

CROSS: Final = ("encoder_attn", "encdecattention", "crossattention", "cross_attn")


def is_cross(path: str) -> bool:
    """Whether a module of this qualified name is (part of) a cross-attention."""
    lowered = path.lower()
    return any(word in lowered for word in CROSS)
