"""The names of the methods that stretch a model, and which of them go together. No torch here."""

from __future__ import annotations

from typing import Final

from engine.errors import BadSpec

SCALING_NAMES: Final = (
    "direct",
    "linear",
    "ntk",
    "ntk-exact",
    "ntk-by-parts",
    "ntk-mixed",
    "dynamic",
    "ntk-request",
    "yarn",
    "llama3",
    "longrope",
)
MOVING_NAMES: Final = ("self-extend", "rerope", "leaky-rerope", "sinks")
OTHER_RULES: Final = ("log-n", "sliding", "block-sparse")
METHOD_NAMES: Final = (*SCALING_NAMES, *MOVING_NAMES, *OTHER_RULES)
TITLES: Final[dict[str, str]] = {
    "direct": "Direct extrapolation",
    "linear": "Position interpolation",
    "ntk": "NTK (base · k)",
    "ntk-exact": "NTK (exact)",
    "ntk-by-parts": "NTK by parts",
    "ntk-mixed": "NTK-mixed",
    "dynamic": "Dynamic NTK",
    "ntk-request": "NTK per request",
    "yarn": "YaRN",
    "llama3": "Llama 3",
    "longrope": "LongRoPE",
    "self-extend": "Self-Extend",
    "rerope": "ReRoPE",
    "leaky-rerope": "Leaky ReRoPE",
    "sinks": "StreamingLLM sinks",
    "log-n": "log-n scaling",
    "sliding": "Sliding window",
    "block-sparse": "Block-sparse",
}


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a method: ``"yarn+log-n"`` is yarn and log-n."""
    return tuple(part.strip() for part in name.split("+"))


def check_method(name: str) -> None:
    """Raise `BadSpec` for a name that is unknown, or for parts that exclude each other."""
    parts = parts_of(name)
    for part in parts:
        if part not in METHOD_NAMES:
            raise BadSpec(f"There is no method “{part}”.", f"Choose of: {', '.join(METHOD_NAMES)}.")
    if len(set(parts)) < len(parts):
        raise BadSpec(f"The method “{name}” names a part twice.", "Name each part once.")
    for kind in (SCALING_NAMES, MOVING_NAMES):
        same = [part for part in parts if part in kind]
        if len(same) > 1:
            raise BadSpec(
                f"{same[0]} and {same[1]} exclude each other.", "Join one of them with log-n."
            )
