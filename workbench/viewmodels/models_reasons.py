"""The engine's reasons for device, format and attention, in the window's language.

The engine speaks English. Its reasons are put together from few phrases, joined by semicolons;
each known phrase is translated, numbers and names are kept, and an unknown phrase stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate
Phrase = tuple[re.Pattern[str], Callable[[], str]]

PHRASES: Final[tuple[Phrase, ...]] = (
    (
        re.compile(r"no GPU that torch can use"),
        lambda: translate("Reasons", "no GPU that torch can use"),
    ),
    (re.compile(r"a GPU is present"), lambda: translate("Reasons", "a GPU is present")),
    (re.compile(r"chosen"), lambda: translate("Reasons", "chosen by you")),
    (
        re.compile(r"small model: exact float32 costs little"),
        lambda: translate("Reasons", "small model: exact float32 costs little"),
    ),
    (
        re.compile(r"GPU: (?P<name>\w+) halves the memory \((?P<n>[\d.]+)× float32's speed\)"),
        lambda: translate("Reasons", "GPU: {name} halves the memory ({n}× float32's speed)"),
    ),
    (
        re.compile(r"probe: (?P<name>\w+) is (?P<n>[\d.]+)× as fast as float32 here"),
        lambda: translate("Reasons", "measured: {name} is {n}× as fast as float32 here"),
    ),
    (
        re.compile(
            r"probe: (?P<rest>.+) \((?P<n>[\d.]+)× needed to give up exactness\)",
        ),
        lambda: translate("Reasons", "measured: {rest} ({n}× needed to give up exactness)"),
    ),
    (
        re.compile(r"(?P<name>b?float16) runs at (?P<n>[\d.e+-]+)× float32's speed"),
        lambda: translate("Reasons", "{name} runs at {n}× float32's speed"),
    ),
    (
        re.compile(r"(?P<name>b?float16) does not run here"),
        lambda: translate("Reasons", "{name} does not run here"),
    ),
    (
        re.compile(r"spread over (?P<n>\d+) GPUs, because one is too small"),
        lambda: translate("Reasons", "spread over {n} GPUs, because one is too small"),
    ),
    (
        re.compile(r"quantised on a CPU: less memory, slower than unquantised"),
        lambda: translate("Reasons", "quantised on a CPU: less memory, slower than unquantised"),
    ),
    (
        re.compile(r"exact, and never stores the whole score matrix"),
        lambda: translate("Reasons", "exact, and never stores the whole score matrix"),
    ),
    (
        re.compile(r"(?P<name>\w+) does not support sdpa"),
        lambda: translate("Reasons", "{name} does not support sdpa"),
    ),
)
_DEVICE = re.compile(r"(cpu|cuda(?::\d+)?): (.+)")


def reason_text(reason: str) -> str:
    """A reason as the window says it."""
    return translate("Reasons", "; ").join(_phrase(part) for part in reason.split("; ") if part)


def _phrase(text: str) -> str:
    placed = _DEVICE.fullmatch(text)
    if placed:
        return f"{placed[1]}: {_phrase(placed[2])}"
    for pattern, translated in PHRASES:
        found = pattern.fullmatch(text)
        if found:
            fields = found.groupdict()
            if "rest" in fields:
                parts = (_phrase(part) for part in fields["rest"].split(", "))
                fields["rest"] = translate("Reasons", ", ").join(parts)
            return translated().format(**fields)
    return text
