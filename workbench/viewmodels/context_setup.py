"""How a context is stretched: the side of the page “Context” as one frozen value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from engine.context.method_names import JOINED, METHOD_NAMES
from engine.context.probe_spec import (
    DEFAULT_LENGTHS,
    DEFAULT_METHODS,
    IMPLEMENTATIONS,
    LEAST_TOKENS,
    ProbeSpec,
    tokens_of,
)
from engine.errors import BadSpec
from engine.models.reference import AttentionChoice, ModelRef
from engine.prompting.elements import Language
from engine.text_source import TEACHING, TextSource

OFFERED: Final = (*METHOD_NAMES, *JOINED)
"""Methods as chips: frequencies, rules of attention, and what is often joined."""
TRAINED: Final = 1 << 20
"""Stands for any trained length when only the form of a length is checked."""


@dataclass(frozen=True)
class ContextSetup:
    """Everything that a probe is built from, but the model.

    Attributes:
        methods: What is measured.
        lengths: Multiples of the trained length, or tokens.
        factor: Stretch of every method; 0 = each length's own.
        needles: Keys hidden in one text.
        most: Most keys per method and length.
        width: Width of the interval at which a cell ends early; 0 = never.
        language: Of the texts.
        seed: Which keys and which filler.
        text: File whose perplexity is measured; empty = lessons of the teaching world.
        stride: Tokens scored per window.
        windows: Windows of perplexity; 0 = none.
        long_factor: LongRoPE's divisors, as typed.
        scenario: What the advisor was asked about, or empty.
        cache: Kind of cache that keys are looked up in.
        attention: Implementation of attention; ``"auto"`` = as loaded.
        chunk: Tokens per forward pass; 0 = all at once.
        timed: Whether every implementation of attention is timed.
    """

    methods: tuple[str, ...] = DEFAULT_METHODS
    lengths: tuple[str, ...] = DEFAULT_LENGTHS
    factor: float = 0.0
    needles: int = 8
    most: int = 48
    width: float = 0.25
    language: Language = "en"
    seed: int = 0
    text: str = ""
    stride: int = 128
    windows: int = 8
    long_factor: str = ""
    scenario: str = ""
    cache: str = "full"
    attention: AttentionChoice = "auto"
    chunk: int = 1024
    timed: bool = False

    def probe(self, model: ModelRef) -> ProbeSpec:
        """The job that measures all of it. Raises `BadSpec`."""
        return ProbeSpec(
            model=model,
            methods=self.methods,
            lengths=self.lengths,
            factor=self.factor,
            needles=self.needles,
            most=self.most,
            width=self.width,
            language=self.language,
            seed=self.seed,
            evaluation=TextSource(self.text or TEACHING),
            stride=self.stride,
            windows=self.windows,
            long_factor=divisors(self.long_factor),
            cache=self.cache,
            attention=self.attention,
            chunk=self.chunk,
            timed=IMPLEMENTATIONS if self.timed else (),
        )

    def survey(self, model: ModelRef, factor: float) -> ProbeSpec:
        """A job that asks for nothing and only tells what each method does. Raises `BadSpec`."""
        return ProbeSpec(
            model=model,
            methods=self.methods,
            lengths=(f"{factor:g}x",),
            factor=factor,
            most=0,
            windows=0,
            long_factor=divisors(self.long_factor),
        )

    def to_plain(self) -> dict[str, object]:
        """As plain containers, for the session file."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def from_plain(cls, data: object) -> ContextSetup:
        """Rebuild from `to_plain`; a broken or outdated record gives the defaults."""
        try:
            found = msgspec.convert(data, type=cls)
            found.probe(ModelRef()).check()
        except (msgspec.ValidationError, BadSpec):
            return cls()
        return found


def divisors(text: str) -> tuple[float, ...]:
    """LongRoPE's divisors, separated by commas or blanks. Raises `BadSpec`."""
    try:
        return tuple(float(part) for part in re.split(r"[,\s，、]+", text.strip()) if part)
    except ValueError:
        raise BadSpec(
            "The divisors of LongRoPE are no numbers.", "Write 1.0, 1.1, 1.3 and so on."
        ) from None


def read_lengths(text: str) -> tuple[str, ...]:
    """Lengths as typed: ``"1x, 2x, 1536"``. Raises `BadSpec`."""
    found = tuple(
        dict.fromkeys(
            part.lower().replace("×", "x") for part in re.split(r"[,\s，、]+", text.strip()) if part
        )
    )
    for one in found:
        tokens_of(one, TRAINED)
    if not found:
        raise BadSpec("There is no length.", f"Write 1x, 4x or a number from {LEAST_TOKENS}.")
    return found
